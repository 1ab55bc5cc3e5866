"""Pictures drawn from a prompt by plain geometry and noise: no model, no network, no key."""
