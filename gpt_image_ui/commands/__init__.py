"""What the verbs of `gpt-image-ui` do. Each returns an exit code; cli.py reads the command line and calls them."""
