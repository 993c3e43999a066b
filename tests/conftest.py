"""What all tests share: how Hypothesis runs here."""

from hypothesis import settings

# The machine's speed is nobody's bug, and a failure should come again.
settings.register_profile("dedup", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("dedup")
