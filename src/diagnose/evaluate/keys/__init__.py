"""Condition keys: what there are, and what each is worth in one request."""
