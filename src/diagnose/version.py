"""The version that reports and outputs carry, as a constant: importlib.metadata would cost 20 ms at each start."""

VERSION = "0.1.0"
