"""What AWS would say: a case goes in, a decision comes out. Pure."""
