"""One file for each way to judge a prompt or a reference picture."""
