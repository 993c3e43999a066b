"""The public names stay what they are, whatever has been imported."""

import subprocess
import sys

import pytest
from commands import environment


@pytest.mark.parametrize(
    "before",
    [
        "",
        "import dedup.engine",
        "import dedup.comparison",
        "from dedup.comparison import differences",
        "dedup.open",
    ],
)
def test_compare_is_the_function_whatever_was_imported(before):
    code = f"import dedup\n{before}\nprint(dedup.compare('one', 'two'), dedup.compare('one', 'two'))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=False
    )
    assert done.stderr == ""
    assert done.stdout == "None None\n"
