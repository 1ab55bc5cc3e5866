"""From a request to pictures: validate, quote, submit, run, recover."""
