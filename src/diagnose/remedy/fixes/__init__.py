"""The fixes: a module for what is edited, a function for each kind of remedy."""
