"""The mistakes of one mapping, collected so that all are told at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from iepbridge.mapping.files import SourceFile

Found: TypeAlias = Iterator[tuple[int, str]]
"""Mistakes in the table of fields: the line, and what is wrong there."""


class Mistakes:
    """A growing list of `file:line: what is wrong`."""

    def __init__(self) -> None:
        self._found: list[tuple[Path, int, str]] = []

    def add(self, source: SourceFile, line: int, what: str) -> None:
        """Note one mistake."""
        self._found.append((source.path, line, what))

    def lines(self) -> list[str]:
        """Give the mistakes by file and line, each once."""
        return [f"{path}:{line}: {what}" for path, line, what in sorted(set(self._found))]
