"""What the ledger says of plan versions: what is known, what pends, what gives way."""

import pytest
from sqlalchemy import update

from iepbridge.finding import Finding
from iepbridge.ledger import Ledger
from iepbridge.ledger.entering import Passing, pack, record, supersede
from iepbridge.ledger.entries import Entry, entries_of, payload, pending
from iepbridge.ledger.holds import hold_of, release
from iepbridge.ledger.people import plans_of
from iepbridge.ledger.run_log import begin_run
from iepbridge.ledger.schema import DELIVERED, HELD, SUPERSEDED, WAITING, plan_versions

FEED = "plans"
WHY = Finding("P-1", 1, "TX-01", "error", "goals", "There is none.", "Set one.")


def passing(
    plan_id: str = "P-1", version: int = 1, state: str = WAITING, **more: object
) -> Passing:
    digest = f"{plan_id} {version} {more.pop('text', '')}".encode().ljust(32)
    line = pack(b'{"plan_id":"%b"}' % plan_id.encode())
    return Passing(plan_id, version, digest, state, line, **more)  # type: ignore[arg-type]


def write(ledger: Ledger, *several: Passing) -> None:
    with ledger.writing() as tx:
        run = begin_run(tx, FEED, "out", "a test", {})
        record(tx, FEED, run, several)


def known(ledger: Ledger, plan_id: str = "P-1") -> list[Entry]:
    with ledger.reading() as connection:
        return entries_of(connection, FEED, [plan_id]).get(plan_id, [])


def pend(ledger: Ledger, after: int = 0, most: int = 10) -> list[str]:
    with ledger.reading() as connection:
        return [one.plan_id for one in pending(connection, FEED, after, most)]


def let_go(ledger: Ledger, entry: Entry) -> None:
    assert entry.held_id is not None
    with ledger.writing() as tx:
        release(tx, entry.held_id, "seen", "a tester")


def test_what_entered_is_known_by_its_feed_and_read_again(ledger: Ledger) -> None:
    write(ledger, passing(), passing("P-2", 3, HELD, reason="policy", findings=(WHY,)))
    (one,) = known(ledger)
    assert (one.version, one.state, one.batch_id, one.reason, one.released) == (
        1,
        WAITING,
        None,
        None,
        False,
    )
    (two,) = known(ledger, "P-2")
    assert (two.version, two.state, two.reason) == (3, HELD, "policy")
    with ledger.reading() as connection:
        assert entries_of(connection, "another", ["P-1"]) == {}
        assert payload(connection, ledger.keyring, FEED, one) == b'{"plan_id":"P-1"}'


def test_what_waits_and_what_was_released_pends_in_order_and_in_parts(ledger: Ledger) -> None:
    write(ledger, *(passing(f"W-{number}") for number in range(3)))
    write(ledger, *(passing(f"H-{n}", state=HELD, reason="policy") for n in range(2)))
    assert pend(ledger) == ["W-0", "W-1", "W-2"]
    let_go(ledger, known(ledger, "H-1")[0])
    assert pend(ledger) == ["W-0", "W-1", "W-2", "H-1"]
    assert pend(ledger, known(ledger, "W-0")[0].id, 2) == ["W-1", "W-2"]


def test_a_hold_stays_one_hold_while_its_reason_lasts(ledger: Ledger) -> None:
    write(ledger, passing(state=HELD, reason="policy", findings=(WHY,)))
    (first,) = known(ledger)
    write(ledger, passing(state=HELD, reason="policy", entry=first))
    (second,) = known(ledger)
    assert second == first
    write(ledger, passing(state=HELD, reason="format", entry=second))
    (third,) = known(ledger)
    assert third.held_id != first.held_id
    with ledger.reading() as connection:
        assert hold_of(connection, first.held_id or 0).ended_how == "held again"


def test_a_release_ends_when_it_was_used(ledger: Ledger) -> None:
    write(ledger, passing(state=HELD, reason="policy"))
    let_go(ledger, known(ledger)[0])
    (released,) = known(ledger)
    assert released.released
    write(ledger, passing(entry=released))
    (gone,) = known(ledger)
    assert (gone.state, gone.released) == (WAITING, False)
    with ledger.reading() as connection:
        assert hold_of(connection, released.held_id or 0).ended_how == "passed"


def test_what_gives_way_is_superseded_and_its_hold_is_over(ledger: Ledger) -> None:
    write(ledger, passing(state=HELD, reason="policy"), passing(text="b"))
    older = tuple(known(ledger))
    write(ledger, passing(version=2, supersedes=older))
    assert [one.state for one in known(ledger)] == [SUPERSEDED, SUPERSEDED, WAITING]
    with ledger.reading() as connection:
        assert hold_of(connection, older[0].held_id or 0).ended_how == SUPERSEDED


def test_what_was_answered_meanwhile_does_not_give_way(ledger: Ledger) -> None:
    write(ledger, passing(state=HELD, reason="rejected"))
    (before,) = known(ledger)
    with ledger.writing() as tx:
        tx.connection.execute(update(plan_versions).values(state=DELIVERED))
        supersede(tx, [before])
    assert [one.state for one in known(ledger)] == [DELIVERED]


def test_people_are_found_by_their_numbers(ledger: Ledger) -> None:
    write(ledger, passing(numbers=("ssn:900000001",)), passing("P-2", numbers=("ssn:900000001",)))
    write(ledger, passing(version=2, numbers=("ssn:900000001",)))
    with ledger.reading() as connection:
        assert plans_of(connection, ledger.keyring, "ssn:900000001") == ["P-1", "P-2"]
        assert plans_of(connection, ledger.keyring, "ssn:900000002") == []


@pytest.mark.parametrize(
    ("state", "batch_id", "answer", "sent"),
    [
        (DELIVERED, 1, None, True),
        (DELIVERED, 1, "accepted", True),
        ("unknown", 1, None, True),
        (WAITING, 1, None, True),
        (WAITING, None, None, False),
        (HELD, 1, "rejected", False),
        (SUPERSEDED, 1, "rejected", False),
        (SUPERSEDED, None, None, False),
    ],
)
def test_the_other_side_has_what_was_sent_and_not_rejected(
    state: str, batch_id: int | None, answer: str | None, sent: bool
) -> None:
    entry = Entry(1, "P-1", 1, bytes(32), state, batch_id, None, answer, None, False)
    assert entry.was_sent is sent
