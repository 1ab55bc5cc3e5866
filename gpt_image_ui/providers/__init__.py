"""What makes pictures: one interface, one registry, one file for each provider."""
