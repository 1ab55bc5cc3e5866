"""Words before pictures: ideas made longer, pictures read back into words, templates, what was asked before."""
