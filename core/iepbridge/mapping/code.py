"""Python source that is written by a program and read by a person."""

import linecache
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from iepbridge.plan.shape import ENTRIES, ITEMS, Path

_STEP: Final = "    "


class Code:
    """Source text that grows line by line."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._depth = 0

    def line(self, text: str = "") -> None:
        """Add one line at the present depth."""
        self._lines.append(f"{_STEP * self._depth}{text}" if text else "")

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Add `head:` and what is added within, one step deeper."""
        self.line(f"{head}:")
        self._depth += 1
        before = len(self._lines)
        yield
        if len(self._lines) == before:
            self.line("pass")
        self._depth -= 1

    def extend(self, other: "Code") -> None:
        """Add all lines of another piece at the present depth."""
        for text in other.text().splitlines():
            self.line(text)

    def text(self) -> str:
        """Give the source as it stands."""
        return "\n".join(self._lines) + "\n"


def load(source: str, name: str, names: Mapping[str, Any]) -> dict[str, Any]:
    """Compile source made from a mapping and give its names; tracebacks show its lines.

    Everything a mapping says enters the source as a literal written by `repr`.
    """
    filename = f"<mapping {name}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace = dict(names)
    exec(compile(source, filename, "exec"), namespace)  # noqa: S102  this is the compiler
    return namespace


class Scope:
    """Which variables stand for the lists that a path runs through.

    `goals[].actions[]` inside the loops over both: items `goal` and `action`, places `goal_at`
    and `action_at`.
    """

    def __init__(self, lists: tuple[Path, ...] = ()) -> None:
        self.lists = lists

    def within(self, items: Path) -> "Scope":
        """Give the scope inside a loop over the items of one more list."""
        return Scope((*self.lists, items))

    def item(self, path: Path) -> str:
        """Name the variable of the innermost item that a path runs through; `plan` outside."""
        items = self.innermost(path)
        return singular(items) if items else "plan"

    def innermost(self, path: Path) -> Path:
        """Give the longest list of this scope that a path runs through."""
        within = [items for items in self.lists if path[: len(items)] == items]
        return max(within, key=len, default=())

    def arguments(self) -> str:
        """Name the places of the scope's lists, as arguments of a call."""
        return "".join(f", {singular(items)}_at" for items in self.lists)

    def literal(self, path: Path) -> str:
        """Write a path as a Python expression, with the places filled in."""
        text, at, indexed = "", 0, False
        while at < len(path):
            if path[at] in (ITEMS, ENTRIES):
                indexed = True
                text += self._place(path[: at + 1])
            else:
                text += f".{path[at]}" if text else path[at]
            at += 1
        return f'f"{text}"' if indexed else repr(text)

    def _place(self, path: Path) -> str:
        if path[-1] == ENTRIES:
            return ".{key}"
        return f"[{{{singular(path)}_at}}]"


def singular(items: Path) -> str:
    """Name one item of a list: `goals[]` gives `goal`, `case_notes[].metrics[]` `metric`."""
    name = items[-2]
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") else f"{name}_item"
