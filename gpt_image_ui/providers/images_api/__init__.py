"""The Images API that OpenAI made and many servers speak: its fields, its one call, its event stream, its answers."""
