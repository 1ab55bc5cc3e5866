"""Curated public examples."""
