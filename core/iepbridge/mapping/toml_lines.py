"""Where in a TOML text a key stands: `tomllib` gives values, a message wants lines."""

import re
from collections.abc import Sequence
from typing import Final

_HEADER: Final = re.compile(
    r"\s*\[{1,2}\s*(?P<path>(?:\"[^\"]*\"|'[^']*'|[^\]\"'])+?)\s*\]{1,2}\s*(?:#.*)?$"
)
_KEY: Final = re.compile(r"\s*(?P<path>(?:\"[^\"]*\"|'[^']*'|[A-Za-z0-9_.-])+)\s*=")
_STEP: Final = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+)")

_Keys = tuple[str | int, ...]


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Give the line (from 1) of the longest part of a key path that has a line of its own."""
    lines = _lines(text)
    for length in range(len(path), 0, -1):
        line = lines.get(tuple(path[:length]))
        if line is not None:
            return line
    return 1


def _lines(text: str) -> dict[_Keys, int]:
    found: dict[_Keys, int] = {}
    table: _Keys = ()
    arrays: dict[_Keys, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _table(line, _steps(header["path"]), arrays)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault(table + _steps(key["path"]), number)
    return found


def _table(line: str, path: _Keys, arrays: dict[_Keys, int]) -> _Keys:
    if not line.lstrip().startswith("[["):
        return path
    arrays[path] = arrays.get(path, -1) + 1
    return (*path, arrays[path])


def _steps(path: str) -> _Keys:
    return tuple(next(filter(None, step.groups()), "") for step in _STEP.finditer(path))
