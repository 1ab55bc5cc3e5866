"""The append-only ledger of credits and the caps that hold inside it."""
