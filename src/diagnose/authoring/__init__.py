"""Writing rules: trying their examples, drafting new ones, printing them all."""
