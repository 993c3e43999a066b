"""What a cluster takes: the package as a zip, and the program that spark-submit starts.

make dist
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAM = """\
import sys

from dedup.__main__ import main

sys.exit(main(["spark", *sys.argv[1:]]))
"""


def write(folder: Path) -> list[Path]:
    """Write both; the same bytes for the same sources."""
    folder.mkdir(exist_ok=True)
    package, program = folder / "dedup.zip", folder / "dedup-spark.py"
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((ROOT / "dedup").rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                entry = zipfile.ZipInfo(str(path.relative_to(ROOT)))
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    program.write_text(PROGRAM, encoding="utf-8")
    return [package, program]


if __name__ == "__main__":
    for made in write(Path(sys.argv[1])):
        print(f"{made}: {made.stat().st_size:,} bytes")
