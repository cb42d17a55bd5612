"""Whatever goes wrong, at whatever step: the next run goes on, nothing is lost, nothing doubled."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from tests.runs.in_and_acks.hindered import FAULTS, HinderedLedger, Hindrance, Killed
from tests.runs.in_and_acks.office import (
    Office,
    accepted,
    batch_states,
    moved,
    noted,
    plan,
    rejected,
)
from tests.servers.ledgers import KEY, Hands

from iepbridge.crypto import Keyring
from iepbridge.ledger import open_ledger_at
from iepbridge.ledger.events import verify
from iepbridge.ledger.schema import answers, attempts, runs

_STRIDE = 17
"""Which steps are tried where not all are: one in so many, each fault from another one on."""


def files_in(office: Office) -> None:
    """Put in files to be read, one out of its turn, one broken, one that contradicts."""
    data = plan("A")
    office.put(office.file(1, data, plan("B")))
    office.put(office.file(2, noted(data, "More."), moved(plan("B"))))
    office.put(office.file(4, plan("C")))
    name, content = office.file(7, plan("D"))
    office.put((name, content[:99]))


def check_in(office: Office) -> None:
    stem = "toolbox_GCWS_20260105_00000"
    data = plan("A")
    assert office.taken() == {
        f"{stem}1.jsonl": [data, plan("B")],
        f"{stem}2.jsonl": [noted(data, "More.")],
    }
    assert sorted(office.files().values()) == ["gap", "read", "read", "refused"]
    assert office.states() == {
        ("A", 1): ["delivered", "delivered"],
        ("B", 1): ["delivered", "held"],
    }
    assert sorted(one.reason for one in office.holds()) == ["contradiction", "sequence"]
    assert set(batch_states(office).values()) == {"delivered"}
    assert not office.rows(select(attempts).where(attempts.c.outcome.is_(None)))


def answers_in(office: Office) -> None:
    """Put in answers: to each plan, to a whole file, in parts, twice, and of strangers."""
    first = office.sent(1, plan("A"), plan("B"))
    second = office.sent(2, plan("C"), state="unknown")
    office.answer(first, accepted("A"), rejected("B"))
    office.answer(first, accepted("A"), part=1)
    office.answer(second, rejected("C"))
    office.answer(f"{first[:-1]}9", rejected("D"))


def check_answers(office: Office) -> None:
    assert office.answers() == {
        "A/1": ("delivered", "accepted"),
        "B/1": ("held", "rejected"),
        "C/1": ("held", "rejected"),
    }
    assert [one.plan_id for one in office.holds()] == ["B", "C"]
    assert sorted(office.files().values()) == ["foreign", "read", "read", "read"]
    (row,) = office.rows(select(func.count()).select_from(answers))
    assert row[0] == 4 + 5


Begin = Callable[[Office], None]
SCENES: dict[str, tuple[str, Begin, Begin]] = {
    "in": ("in", files_in, check_in),
    "acks": ("acks", answers_in, check_answers),
}


def tried(folder: Path, template: Path, scene: str, step: int, fault: str) -> Hindrance:
    """Run a feed with a step that goes wrong, then twice without; check what it came to."""
    feed, begin, check = SCENES[scene]
    folder.mkdir()
    file = folder / "iepbridge.db"
    file.write_bytes(template.read_bytes())
    hindrance, clock = Hindrance(step, fault), Hands()
    with open_ledger_at(f"sqlite:///{file}", Keyring.parse(KEY), clock=clock) as ledger:
        office = Office(folder, ledger, tables={"endpoint": 'archive = "done"'})
        begin(office)
        put = {path.name for path in office.inbox.iterdir()}
        office.ledger = HinderedLedger(ledger, hindrance)
        office.connect = hindrance.connect
        with contextlib.suppress(Killed):
            office.run(feed)
        office.ledger, office.connect = ledger, None
        clock.go_on(seconds=600)
        for _ in range(2):
            office.run(feed)
        check(office)
        assert list(office.inbox.iterdir()) == []
        assert {path.name for path in (folder / "done").iterdir()} == put
        assert office.rows(select(runs.c.exit_code))[-1][0] in (0, 1)
        with ledger.reading() as connection:
            assert verify(connection)[1] is None
    return hindrance


def steps(folder: Path, template: Path, scene: str) -> int:
    return len(tried(folder, template, scene, 0, "").names)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_run_goes_on_where_another_was_stopped(
    scene: str, fault: str, tmp_path: Path, sqlite_template: Path
) -> None:
    number = steps(tmp_path / "all", sqlite_template, scene)
    first = 1 + 4 * FAULTS.index(fault)
    for step in range(first, number + 1, _STRIDE):
        tried(tmp_path / str(step), sqlite_template, scene, step, fault)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_run_goes_on_from_every_second_step(
    scene: str, fault: str, tmp_path: Path, sqlite_template: Path
) -> None:
    number = steps(tmp_path / "all", sqlite_template, scene)
    first = 1 + FAULTS.index(fault) % 2
    for step in range(first, number + 1, 2):
        tried(tmp_path / str(step), sqlite_template, scene, step, fault)
