"""What is printed: the environment, and small tables."""

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version

_PACKAGES = ("lxml", "orjson", "pydantic")


def environment() -> str:
    """Describe the machine on one line; a load near the number of processors means noise."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{platform.python_implementation()} {platform.python_version()}, {packages}; "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, "
        f"load {os.getloadavg()[0]:.1f}"
    )


def show(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table, its columns as wide as they must be."""
    cells = [list(head), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    print(title)
    for row in cells:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  " + "  ".join(padded).rstrip())
    print(end="", flush=True)
