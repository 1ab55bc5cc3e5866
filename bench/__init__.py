"""What `make bench` runs: every budget of the house, measured on this machine against the real program."""
