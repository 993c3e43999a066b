"""The package works as a zip, as Spark sends it to its workers."""

import os
import subprocess
import sys

from dist import write

PROGRAM = """
from dedup.index.schema import tables_version
from dedup.kernels import _digest_of_source
from dedup.arrays import union_kernel
from dedup.sketch.tables import tables
path = union_kernel.roots.__wrapped__.__code__.co_filename
print(path, tables().version == tables_version(), len(_digest_of_source(union_kernel.__name__, path)))
"""


def test_the_package_finds_its_tables_and_the_sources_of_its_kernels_in_a_zip(tmp_path):
    package, program = write(tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(package)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
        check=True,
    )
    assert done.stdout == f"{package}/dedup/arrays/union_kernel.py True 16\n"
    compile(program.read_text(), "program", "exec")
    first = package.read_bytes()
    write(tmp_path)
    assert package.read_bytes() == first
