"""What all tests share: how Hypothesis runs here, and that processes can be interrupted."""

import signal

from hypothesis import settings

# A shell that runs the tests in the background lets them, and so the commands they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The machine's speed is nobody's bug, and a failure should come again.
settings.register_profile("dedup", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("dedup")
