"""How we come to know: live calls and files go in, a snapshot comes out."""
