"""A diagnosis without names: pseudonyms that stay distinct."""
