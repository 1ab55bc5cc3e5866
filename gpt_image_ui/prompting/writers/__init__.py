"""One file for each way to write: rules on this server, or a language model."""
