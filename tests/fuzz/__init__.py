"""Attacks at length: each module tries what its name says for as long as it is told, and counts what did not hold."""
