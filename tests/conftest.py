"""Settings of all tests."""

from hypothesis import settings

# The same examples in every run: a red run is about the change at hand. `--hypothesis-profile=default` looks further.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")
