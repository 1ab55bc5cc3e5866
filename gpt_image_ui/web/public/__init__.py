"""Server-rendered pages that anyone may open without an account."""
