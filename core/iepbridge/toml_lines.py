"""Where in a TOML text a key stands: `tomllib` gives values, a message wants lines."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

_Keys: TypeAlias = tuple[str | int, ...]
_BROKEN: Final = (ValueError, RecursionError)
_MOST_LINES: Final = 200
"""Of a longer list only the first line is told."""


class _Statement(NamedTuple):
    """A header, or a key with its value: the line it begins on, its text and what it says."""

    line: int
    text: str
    value: dict[str, Any]


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
    for statement in _statements(text):
        if statement.text.lstrip().startswith("["):
            table = _table(statement, arrays)
            places = [(table, statement.line)]
        else:
            places = [((*table, *keys), line) for keys, line in _inside(statement)]
        for keys, line in places:
            for length in range(1, len(keys) + 1):
                found.setdefault(keys[:length], line)
    return found


def _statements(text: str) -> Iterator[_Statement]:
    """Part a text into statements: each the fewest lines that are TOML by themselves."""
    begun, lines = 1, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        if not lines:
            begun = number
        lines.append(line)
        statement = "\n".join(lines)
        value = _read(statement)
        if value is not None:
            if value:
                yield _Statement(begun, statement, value)
            lines = []


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(f"{text}\n")  # ends a line that ends in \r
    except _BROKEN:
        return None


def _table(statement: _Statement, arrays: dict[_Keys, int]) -> _Keys:
    path = list[str]()
    value: Any = statement.value
    while isinstance(value, dict) and value:
        path.append(next(iter(value)))
        value = value[path[-1]]
    keys = _within_arrays(path, arrays)
    if not statement.text.lstrip().startswith("[["):
        return keys
    arrays[keys] = arrays.get(keys, -1) + 1
    return (*keys, arrays[keys])


def _within_arrays(path: Sequence[str], arrays: Mapping[_Keys, int]) -> _Keys:
    """Name the last table of each array of tables that a path, as it is written, goes through."""
    keys: _Keys = ()
    for step in path[:-1]:
        keys = (*keys, step)
        if keys in arrays:
            keys = (*keys, arrays[keys])
    return (*keys, *path[-1:])


def _inside(statement: _Statement) -> Iterator[tuple[_Keys, int]]:
    """Give each key with the line it begins on, each item of a list with the line it ends on."""
    keys = list(_paths(statement.value, ()))
    lines = statement.text.split("\n")
    yield from ((one, statement.line) for one in keys if not _is_in_list(one))
    for count in range(1, len(lines) if len(lines) <= _MOST_LINES else 1):
        begun = _read("\n".join([*lines[:count], "]"]))
        yield from ((one, statement.line + count - 1) for one in _paths(begun, ()))
    yield from ((one, statement.line + len(lines) - 1) for one in keys)


def _is_in_list(keys: _Keys) -> bool:
    return any(isinstance(key, int) for key in keys)


def _paths(value: object, path: _Keys) -> Iterator[_Keys]:
    items: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, inner in items:
        yield (*path, key)
        yield from _paths(inner, (*path, key))
