"""Numbers of files: each once, none left out, whoever counts between two parties."""

from pathlib import Path

import pytest
from sqlalchemy import insert, update
from tests.runs.place import Place, plan
from tests.servers.ledgers import Hands

from iepbridge.errors import Busy
from iepbridge.ledger import Ledger
from iepbridge.ledger.schema import sequences
from iepbridge.ledger.sequences import Channel, Number, last_number, next_number, use_number

CHANNEL = Channel("out", "twist", "GCWS", "TWC")
NAME = "TWIST_IEP_GCWS_20261102_{:06}.xml".format


def start_at(ledger: Ledger, number: int) -> None:
    """Let files have been made up to a number, before this ledger knew of any batch."""
    with ledger.writing() as tx:
        row = {**CHANNEL._asdict(), "cycle": 0, "last": number}
        tx.connection.execute(insert(sequences).values(row))


def test_after_the_last_number_comes_the_first(
    tmp_path: Path, ledger: Ledger, clock: Hands
) -> None:
    start_at(ledger, 999_997)
    place = Place(tmp_path, ledger, clock, batch_size=1)
    place.lay("a.jsonl", *(plan(f"P-{number}") for number in range(4)))
    assert place.run().code == 0
    assert place.files() == [NAME(number) for number in (1, 2, 999_998, 999_999)]
    with ledger.reading() as connection:
        assert last_number(connection, CHANNEL) == Number(1, 2)


def test_a_number_is_used_once(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        first = next_number(tx.connection, CHANNEL)
        use_number(tx, CHANNEL, first, None)
    with pytest.raises(Busy), ledger.writing() as tx:
        use_number(tx, CHANNEL, first, None)
    with ledger.writing() as tx:
        use_number(tx, CHANNEL, first.following, first)
    with pytest.raises(Busy), ledger.writing() as tx:
        use_number(tx, CHANNEL, first.following, first)
    with ledger.reading() as connection:
        assert last_number(connection, CHANNEL) == Number(0, 2)
        other = CHANNEL._replace(receiver="OTHER")
        assert (last_number(connection, other), next_number(connection, other)) == (None, (0, 1))


def test_a_number_that_went_with_a_run_that_failed_is_given_again(
    tmp_path: Path, ledger: Ledger, clock: Hands
) -> None:
    place = Place(tmp_path, ledger, clock)
    place.lay("a.jsonl", plan("P-1"))
    place.when_counted("plans_examined", lambda: change(ledger))
    assert place.run().code == 5
    assert (place.files(), place.states()) == ([], {})
    place.when_counted("plans_examined", None)
    assert place.run().code == 0
    assert place.files() == [NAME(8)]


def change(ledger: Ledger) -> None:
    """Let somebody else have made a file between the same parties."""
    start_at(ledger, 7)


def test_two_feeds_between_two_parties_count_together(
    tmp_path: Path, ledger: Ledger, clock: Hands
) -> None:
    feeds = {"plans": {}, "more": {"source": "more/*.jsonl"}}
    place = Place(tmp_path, ledger, clock, feeds=feeds)
    (tmp_path / "more").mkdir()
    place.lay("a.jsonl", plan("P-1"))
    place.lay("../more/b.jsonl", plan("P-2"))
    assert [place.run(feed).code for feed in ("plans", "more", "plans", "more")] == [0] * 4
    place.lay("c.jsonl", plan("P-3"))
    assert place.run().code == 0
    assert place.files() == [NAME(number) for number in (1, 2, 3)]
    assert place.states("more") == {"P-2": ["1 delivered"]}


def test_two_receivers_at_one_endpoint_are_told_apart_or_refused(
    tmp_path: Path, ledger: Ledger, clock: Hands
) -> None:
    """A name says nothing of the receiver: the second file would have the name of the first."""
    feeds = {"plans": {}, "more": {"receiver": "OTHER"}}
    place = Place(tmp_path, ledger, clock, feeds=feeds)
    place.lay("a.jsonl", plan("P-1"))
    assert place.run().code == 0
    outcome = place.run("more")
    assert outcome.code == 2
    assert "Give each receiver an endpoint of its own" in outcome.problems[0]
    assert place.states("more") == {}
    clock.go_on(days=1)
    assert place.run("more").code == 0
    assert place.states("more") == {"P-1": ["1 delivered"]}


def test_runs_of_other_days_have_other_names(tmp_path: Path, ledger: Ledger, clock: Hands) -> None:
    place = Place(tmp_path, ledger, clock, timezone="America/Chicago")
    place.lay("a.jsonl", plan("P-1"))
    place.run()
    with ledger.writing() as tx:
        tx.connection.execute(update(sequences).values(last=999_999))
    place.lay("a.jsonl", plan("P-1", comments="b"))
    clock.go_on(days=1)
    assert place.files() == ["TWIST_IEP_GCWS_20261101_000001.xml"]
