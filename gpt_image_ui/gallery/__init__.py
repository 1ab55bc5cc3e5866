"""Pictures after they exist: rows, the feed of cards, thumbnails, uploads, deletion and its undo."""
