"""Worlds: a configuration with one feed, and a ledger in SQLite, or in both databases."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.watch.world import World, configured

Make = Callable[..., World]


def _making(folder: Path, url: str, stack: ExitStack) -> Make:
    def make(direction: str = "out", **keys: Any) -> World:
        world = World(url, configured(folder, direction, **keys))
        stack.callback(world.ledger.close)
        return world

    return make


@pytest.fixture
def world(tmp_path: Path, ledger_url: str) -> Iterator[Make]:
    """Give a maker of a world, first on SQLite, then on PostgreSQL."""
    with ExitStack() as stack:
        yield _making(tmp_path, ledger_url, stack)


@pytest.fixture
def small_world(tmp_path: Path, sqlite_url: str) -> Iterator[Make]:
    """Give a maker of a world with a ledger in a file."""
    with ExitStack() as stack:
        yield _making(tmp_path, sqlite_url, stack)
