"""How it is told: a diagnosis goes in, text comes out."""
