"""One folder for each screen of the app."""
