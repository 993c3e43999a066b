"""What all tests share: how Hypothesis runs here, and that processes can be interrupted."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# So that they say what differs, too.
pytest.register_assert_rewrite("sparked")

# A shell that runs the tests in the background lets them, and so the commands they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The machine's speed is nobody's bug, and a failure should come again.
settings.register_profile("dedup", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("dedup")


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """Spark on two cores, once for all tests; the modules that use it are skipped without pyspark."""
    from dedup.spark.session import session

    with session("local[2]", {"spark.sql.shuffle.partitions": "4"}) as started:
        yield started
