"""The library: every picture, found and selected."""
