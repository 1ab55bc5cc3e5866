"""GPT Image UI: a self-hostable studio that turns prompts into pictures."""
