"""What both sides hold: every form in which it is given, or read."""
