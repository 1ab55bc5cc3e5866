"""Parts that more than one screen draws."""
