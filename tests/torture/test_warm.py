"""The warm program is struck where the cold one would be."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.torture.feed_world import CONFIGURATION, World
from tests.torture.kill_points import ENDING, Point, Program, hindrance, survey
from tests.torture.warm import Warm, warm

pytestmark = [
    pytest.mark.linux,
    pytest.mark.skipif(hindrance() is not None, reason=hindrance() or ""),
]
RUN = ["run", "plans"]


@pytest.fixture(scope="module")
def program() -> Iterator[Warm]:
    with warm() as own:
        yield own


@pytest.fixture
def world(tmp_path: Path) -> World:
    own = World(tmp_path / "before", plans=1)
    own.folder.mkdir()
    own.configure()
    return own


def test_the_calls_are_those_of_a_cold_start(program: Warm, world: World, tmp_path: Path) -> None:
    first = world.copied(tmp_path / "case")
    cold = Program(
        [sys.executable, "-P", "-m", "iepbridge", *RUN], None, first.folder, CONFIGURATION
    )
    names = [point.name for point in survey(cold).points]
    again = world.copied(tmp_path / "case")
    found = program.survey(RUN, again.folder, CONFIGURATION)
    assert found.hidden == 0
    assert [point.name for point in found.points] == names


def test_commands_end_as_they_do(program: Warm, world: World) -> None:
    assert program.run(RUN, world.folder) == 0
    assert program.run(["run", "nobody"], world.folder) == 2


def test_the_last_point_is_reached(program: Warm, world: World) -> None:
    assert program.run_with_kill(RUN, world.folder, Point(ENDING, 1)) == -9
    assert world.run("plans").counts["plans_unchanged"] == 1


def test_a_point_that_is_not_reached(program: Warm, world: World) -> None:
    assert program.run_with_kill(RUN, world.folder, Point("fsync", 60_000)) == 0


def test_what_does_not_run_has_no_points(program: Warm, world: World) -> None:
    with pytest.raises(RuntimeError, match="ended with 2"):
        program.survey(["run", "nobody"], world.folder, CONFIGURATION)
