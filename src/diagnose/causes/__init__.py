"""Why, in words: a decision goes in, findings come out. Pure."""
