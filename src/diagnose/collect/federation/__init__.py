"""What a request presents instead of a signature: a token, its claims, or an assertion. None of them is verified."""
