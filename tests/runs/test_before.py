"""The version before, as the other side has it: what updates carry, and what rules compare with."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.oracles import icc_rows, icc_zip
from tests.runs.place import Data, Place, plan
from tests.servers.ledgers import Hands

from iepbridge.ledger import Ledger
from iepbridge.ledger.schema import held

UPDATED = "2025-06-02"


@pytest.fixture
def place(tmp_path: Path, ledger: Ledger, clock: Hands) -> Place:
    """Give a feed to ICC."""
    return Place(tmp_path, ledger, clock, system="icc")


def first(**more: Any) -> Data:
    """Make version 1, which has no IEP event of its own."""
    return plan("P-1", 1, **{"services": [], **more})


def minor(version: int, **more: Any) -> Data:
    """Make a version whose change is not significant."""
    return plan("P-1", version, **{"services": [], "comments": f"version {version}", **more})


def major(version: int, **more: Any) -> Data:
    """Make a version whose change is significant, with the case note that it asks for."""
    data = minor(version, **more)
    data["goals"][0]["title"] = f"Another trade, by version {version}"
    data["completed_on"] = UPDATED
    note = {"note_id": f"N-{version}", "about": "iep_update", "dated_on": UPDATED, "story": "Met."}
    data["case_notes"] = [*data["case_notes"], note]
    for one in data["signatures"]:
        one["signed_on"] = UPDATED
    return data


def send(place: Place, data: Data) -> list[tuple[str, str]]:
    """Send a version; give the activities that its file carries: (ref, begin)."""
    place.lay("a.jsonl", data)
    outcome = place.run()
    assert outcome.counts["plans_delivered"] == 1, findings(place)
    return activities(place)


def activities(place: Place) -> list[tuple[str, str]]:
    file = place.folder / "texas" / place.batch().name
    rows, _ = icc_rows.read(dict(icc_zip.read(file.read_bytes())[0])["ACTIVITY.txt"])
    ref, begin = rows[0].index("ActivityRef"), rows[0].index("BeginDate")
    return [(row[ref], row[begin]) for row in rows[1:]]


def findings(place: Place) -> list[str]:
    with place.ledger.reading() as connection:
        told = connection.scalars(select(held.c.findings).order_by(held.c.id)).all()
    return [one["rule"] for text in told for one in json.loads(text)]


def test_a_first_version_carries_the_event_of_its_making(place: Place) -> None:
    assert send(place, first()) == [("IEP-1", "04/04/2025")]


def test_a_change_that_is_not_significant_carries_none(place: Place) -> None:
    send(place, first())
    assert send(place, minor(2)) == []
    assert send(place, minor(2, comments="and once more")) == []


def test_a_significant_change_carries_a_new_one(place: Place) -> None:
    send(place, first())
    assert send(place, major(2)) == [("IEP-2", "06/02/2025")]
    assert send(place, major(3, comments="c")) == [("IEP-3", "06/02/2025")]


def test_two_changes_are_each_compared_with_the_one_before(place: Place) -> None:
    send(place, first())
    send(place, major(2))
    data = major(2) | {"version": 3, "comments": "nothing else"}
    for one in data["signatures"]:
        one["plan_version"] = 3
    assert send(place, data) == []


def test_what_was_rejected_is_not_the_version_before(place: Place) -> None:
    send(place, first())
    send(place, major(2))
    place.answer("rejected")
    data = major(2) | {"version": 3, "comments": "mended"}
    for one in data["signatures"]:
        one["plan_version"] = 3
    assert send(place, data) == [("IEP-3", "06/02/2025")]


def test_a_first_version_that_was_rejected_leaves_none_before(place: Place) -> None:
    send(place, first())
    place.answer("rejected")
    assert send(place, minor(2)) == [("IEP-2", "04/04/2025")]


def test_rules_see_the_version_before(place: Place) -> None:
    """IN-12 asks a significant change for a case note about it."""
    send(place, first())
    place.lay("a.jsonl", major(2) | {"case_notes": first()["case_notes"]})
    assert place.run().code == 1
    assert "IN-12" in findings(place)
    assert place.states()["P-1"] == ["1 delivered", "2 held policy"]


def test_a_version_that_was_held_is_not_the_version_before(place: Place) -> None:
    send(place, first())
    place.lay("a.jsonl", major(2) | {"case_notes": []})
    place.run()
    assert send(place, major(3)) == [("IEP-3", "06/02/2025")]


def test_missouri_asks_a_significant_change_alone_to_be_signed_again(
    tmp_path: Path, ledger: Ledger, clock: Hands
) -> None:
    """MO-13 compares with the version before, which only a feed knows."""
    place = Place(tmp_path, ledger, clock, system="toolbox")
    place.loosen([rule.id for rule in place.adapter.rules if rule.id != "MO-13"])
    place.lay("a.jsonl", plan("P-1"), plan("P-2"))
    assert place.run().code == 0
    signed = plan()["signatures"]
    unsigned = major(2) | {"plan_id": "P-2", "signatures": signed}
    place.lay("a.jsonl", minor(2, signatures=signed), unsigned)
    assert place.run().code == 1
    assert place.states()["P-1"] == ["1 delivered", "2 delivered"]
    assert place.states()["P-2"] == ["1 delivered", "2 held policy"]
