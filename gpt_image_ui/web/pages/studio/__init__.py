"""The studio: the wall, the composer and the queue strip."""
