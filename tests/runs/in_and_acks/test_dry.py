"""Runs in, and of answers, that only tell: what would be done, how it would end."""

from pathlib import Path
from typing import Any

import pytest
from tests.runs.in_and_acks.office import Office, accepted, plan, rejected
from tests.runs.in_and_acks.test_answering import give, newest

from iepbridge.ledger import Ledger
from iepbridge.runs.dry import Preview


@pytest.fixture
def office(tmp_path: Path, sqlite_ledger: Ledger) -> Office:
    return Office(tmp_path, sqlite_ledger)


def preview(office: Office, feed: str = "in") -> tuple[int, list[tuple[Any, ...]]]:
    """Preview a run, twice the same; give its exit code, and what is done with which plan."""
    found = []
    for _ in range(2):
        own = Preview(office.workplace, feed)
        rows = [(row["do"], row.get("plan_id") or row.get("reason")) for row in own]
        found.append((own.outcome.code, rows))
    assert found[0] == found[1]
    return found[0]


def test_files_are_taken_in_their_turn(office: Office) -> None:
    for sequence in (2, 3, 5):
        office.put(office.file(sequence, plan(f"P-{sequence}")))
    code, rows = preview(office)
    assert rows == [
        ("fetch", None), ("take", "P-2"), ("fetch", None), ("take", "P-3"),
        ("fetch", None), ("hold", "sequence"),
    ]  # fmt: skip
    assert (code, office.files()) == (1, {})
    assert office.run().code == 1
    assert office.versions() == [("P-2", 1), ("P-3", 1)]
    assert preview(office) == (0, [])


def test_a_file_for_somebody_else_is_told_and_stops_no_other(office: Office) -> None:
    office.configure(feed='receiver = "GCWS"')
    office.put(office.file(1, plan("P-1"), receiver="OTHER"))
    code, rows = preview(office)
    assert (code, rows) == (3, [])
    outcome = office.run()
    assert (outcome.code, office.versions()) == (3, [])


def test_a_plan_that_would_be_held_is_an_exit_code(office: Office) -> None:
    name, content = office.file(1, plan("P-1"), plan("P-2"))
    office.put((name, content.replace(b"<Version>1<", b"<Version>x<", 1)))
    code, rows = preview(office)
    assert code == office.run().code
    assert ("take", "P-2") in rows


def test_a_rejection_is_an_exit_code(office: Office) -> None:
    give(office, plan("A"), plan("B"))
    assert office.run("out").code == 0
    office.answer(newest(office), accepted("A"))
    assert preview(office, "acks") == (0, [("fetch", None), ("apply", "A")])
    office.answer(newest(office), rejected("B"))
    code, rows = preview(office, "acks")
    assert (code, rows[-1]) == (1, ("apply", "B"))
    assert office.run("acks").code == 1
