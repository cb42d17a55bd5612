"""What stops a run in its middle: a disk that is full, a ledger that fails, a file that is late."""

import errno
import io
import os
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.torture.feed_flows import Answers, Arrivals, Flow, Out
from tests.torture.feed_world import World, files

from iepbridge.ledger import LedgerFailed
from iepbridge.ledger.schema import runs
from iepbridge.runs import fetching
from iepbridge.transports import Interrupted
from iepbridge.transports.folder import FolderSession

FLOWS = (Out, Arrivals, Answers)


@pytest.fixture
def world(tmp_path: Path) -> World:
    own = World(tmp_path / "world", keys=(("retries", 0),))
    own.folder.mkdir()
    own.configure()
    return own


@pytest.fixture(params=FLOWS, ids=lambda flow: flow.feed)
def case(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Flow:
    """Give each direction, before its run."""
    flow: type[Flow] = request.param
    flow.prepare(world)
    whole = world.copied(tmp_path / "whole")
    whole.run(flow.feed)
    return flow(world, flow.results(whole))


def goes_on(case: Flow) -> None:
    assert case.world.run(case.feed, 2).code in case.codes
    case.seen()
    case.ended()
    case.world.assert_sound(taken=case.taken)


class Full(io.BytesIO):
    """An unnamed file on a disk that is full."""

    def write(self, _: object, /) -> int:
        raise OSError(errno.ENOSPC, "no room")


def test_no_room_for_temporary_files(case: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "TemporaryFile", Full)
        outcome = case.world.run(case.feed)
    assert outcome.code == 2
    assert f"{os.strerror(errno.ENOSPC)}. The folder for them (TMPDIR)" in outcome.problems[-1]
    goes_on(case)


@pytest.mark.parametrize("flow", [Arrivals, Answers], ids=lambda flow: flow.feed)
def test_a_ledger_that_fails_ends_the_run(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flow: type[Flow]
) -> None:
    flow.prepare(world)
    whole = world.copied(tmp_path / "whole")
    whole.run(flow.feed)
    calls = []

    def fail(*_: object) -> None:
        calls.append(1)
        raise LedgerFailed("the disk failed")

    with monkeypatch.context() as patch:
        patch.setattr(fetching, "add_file", fail)
        assert world.run(flow.feed).code == 2
    assert len(calls) == 1
    goes_on(flow(world, flow.results(whole)))


@pytest.mark.parametrize("late", ["interrupted", "growing"])
def test_a_first_file_that_is_late_still_begins_the_sequence(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    Arrivals.prepare(world)
    whole = world.copied(tmp_path / "whole")
    whole.run("arrivals")
    first = files(world.there / "arrivals")[0]
    download = FolderSession.download

    def interrupted(self: FolderSession, name: str, *rest: object) -> int:
        if name == first.name:
            raise Interrupted("cut")
        return download(self, name, *rest)  # type: ignore[arg-type]

    def grow(_: float) -> None:
        os.utime(first, (1, 1))

    with monkeypatch.context() as patch:
        if late == "interrupted":
            patch.setattr(FolderSession, "download", interrupted)
        else:
            patch.setattr(fetching.time, "sleep", grow)
        outcome = world.run("arrivals")
    assert outcome.code == (4 if late == "interrupted" else 0)
    assert outcome.counts.get("files_read") is None
    goes_on(Arrivals(world, Arrivals.results(whole)))


def test_a_run_that_a_signal_ends_is_interrupted_and_no_fault(
    case: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(FolderSession, "files" if case.feed != Out.feed else "upload", stop)
        with pytest.raises(KeyboardInterrupt):
            case.world.run(case.feed)
    with case.world.ledger() as ledger, ledger.reading() as connection:
        ended = connection.execute(select(runs.c.ended_at, runs.c.exit_code).order_by(runs.c.id))
        assert ended.all()[-1] == (None, None)
    goes_on(case)
