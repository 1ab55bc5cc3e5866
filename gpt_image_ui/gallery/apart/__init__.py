"""Readers of hostile bytes that run as programs of their own, and how this process starts them."""
