"""Files and folders wherever Spark reads and writes them, through Hadoop's own file systems."""

from __future__ import annotations

import json
from typing import Any

from dedup.errors import OutputDamaged


class Storage:
    """The file systems of a Spark session."""

    def __init__(self, spark: Any) -> None:
        self._java = spark._jvm  # noqa: SLF001  (there is no public way)
        self._conf = spark._jsc.hadoopConfiguration()  # noqa: SLF001

    def _path(self, name: str) -> tuple[Any, Any]:
        # A plain path is no URL: a colon in it must not be taken for the end of a scheme.
        where = name if "://" in name else self._java.java.io.File(name).getAbsoluteFile().toURI()
        path = self._java.org.apache.hadoop.fs.Path(where)
        return path.getFileSystem(self._conf), path

    def absolute(self, name: str) -> str:
        """The whole path, as Spark names a file that it reads."""
        if "://" not in name:
            return str(self._java.java.io.File(name).toPath().toAbsolutePath().normalize())
        system, path = self._path(name)
        return str(path.makeQualified(system.getUri(), system.getWorkingDirectory()).toString())

    def exists(self, name: str) -> bool:
        """Whether there is such a file or folder."""
        system, path = self._path(name)
        return bool(system.exists(path))

    def is_folder(self, name: str) -> bool:
        """Whether it is a folder."""
        system, path = self._path(name)
        return bool(system.exists(path) and system.getFileStatus(path).isDirectory())

    def names(self, name: str) -> list[str]:
        """What a folder holds, sorted."""
        system, path = self._path(name)
        return sorted(str(status.getPath().getName()) for status in system.listStatus(path))

    def size(self, name: str) -> int:
        """The bytes of a file, or of all files of a folder; 0 where there is none."""
        system, path = self._path(name)
        return int(system.getContentSummary(path).getLength()) if system.exists(path) else 0

    def state(self, name: str) -> list[object]:
        """What changes when a file does: its length and the time of its last change."""
        system, path = self._path(name)
        status = system.getFileStatus(path)
        return [int(status.getLen()), int(status.getModificationTime())]

    def walk(self, name: str) -> list[tuple[str, str]]:
        """The files that a path or a pattern names, and all below folders: whole paths and the rest."""
        system, path = self._path(name)
        found: list[tuple[str, str]] = []
        for status in system.globStatus(path) or []:
            root = str(status.getPath().toString())
            if not status.isDirectory():
                found.append((root, root.rpartition("/")[2]))
                continue
            every = system.listFiles(status.getPath(), True)
            while every.hasNext():
                one = str(every.next().getPath().toString())
                relative = one.removeprefix(root + "/")
                if not any(part.startswith((".", "_")) for part in relative.split("/")):
                    found.append((one, relative))
        return sorted(found)

    def remove(self, name: str) -> None:
        """Delete a file, or a folder with all that it holds."""
        system, path = self._path(name)
        system.delete(path, True)

    def put(self, name: str, value: object) -> None:
        """Write a value as JSON; whoever reads it finds the old one or the new one."""
        system, path = self._path(name)
        _, partial = self._path(name + ".partial")
        stream = system.create(partial, True)
        stream.write(bytearray(json.dumps(value, indent=1).encode()))
        stream.close()
        system.delete(path, False)
        system.rename(partial, path)

    def get(self, name: str) -> Any:
        """The value that `put` wrote, or None. Raises OutputDamaged."""
        from py4j.protocol import Py4JJavaError

        for one in (name, name + ".partial"):
            system, path = self._path(one)
            if system.exists(path):
                try:
                    stream = system.open(path)
                    data = self._java.org.apache.commons.io.IOUtils.toByteArray(stream)
                    stream.close()
                    return json.loads(bytes(data))
                except (Py4JJavaError, ValueError):  # its checksum is wrong, or it is no JSON
                    raise damaged(name) from None
        return None


def damaged(name: str) -> OutputDamaged:
    """What to say of a part of an output that cannot be read, and how to mend it."""
    return OutputDamaged(f"{name}: damaged; `dedup spark INPUT... OUTPUT --overwrite` makes the output anew")
