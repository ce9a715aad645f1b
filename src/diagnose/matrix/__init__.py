"""Many principals by many roles: who can assume what in a whole organization, out of dumps of its accounts."""
