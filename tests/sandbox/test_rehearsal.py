"""Feeds rehearsed: out, answered, mended, read; the sandbox's list and the ledger agree."""

import copy
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.feeds.conftest import _sound_plans
from tests.feeds.site import Data, Ref, refs, registry
from tests.feeds.versions import mended

from iepbridge.cli.offering import offer
from iepbridge.codecs.jsonl import plan_line
from iepbridge.ledger import open_ledger
from iepbridge.ledger.events import verify
from iepbridge.ledger.schema import plan_versions
from iepbridge.runs.outcome import Outcome
from iepbridge.runs.run import run_feed
from iepbridge.runs.workplace import Workplace
from iepbridge.sandbox import KEPT, SYSTEMS, Sandbox, Shares
from iepbridge.settings import load_settings

STATES = [one.state for one in SYSTEMS.values()]
MANY = Shares(rejected=0.3, warned=0.3, late=0.3)


class Client:
    """The other end: who runs the feeds of the sandbox's configuration."""

    def __init__(self, workplace: Workplace, root: Path) -> None:
        self._workplace = workplace
        self._root = root

    def put(self, plans: list[Data]) -> None:
        (self._root / "plans" / "plans.jsonl").write_bytes(b"".join(map(plan_line, plans)))

    def run(self, feed: str) -> Outcome:
        return run_feed(self._workplace, feed)

    def entries(self, feed: str) -> list[tuple[str, int, str, str | None]]:
        """Give what the ledger has of each content: id, version, state, answer."""
        own = plan_versions.c
        query = select(own.plan_id, own.version, own.state, own.answer).where(own.feed == feed)
        with self._workplace.ledger.reading() as connection:
            assert verify(connection).broken is None
            return [tuple(row) for row in connection.execute(query.order_by(own.id))]


@contextmanager
def client_of(box: Sandbox) -> Iterator[Client]:
    root = box.configuration.parent
    settings = load_settings(str(box.configuration), {}, root)
    with open_ledger(settings.ledger) as ledger:
        yield Client(Workplace(settings, registry(), ledger), root)


def plans() -> list[Data]:
    return copy.deepcopy(_sound_plans())


def booked(box: Sandbox, state: str) -> dict[Ref, list[str]]:
    """Give the results that each plan got, in the order of coming."""
    found: dict[Ref, list[str]] = {}
    for file in box.book():
        if SYSTEMS[file.system].state == state and file.result != KEPT:
            for plan in file.plans:
                assert plan.version is not None
                found.setdefault((plan.plan_id, plan.version), []).append(plan.result)
    return found


def answered(client: Client, feed: str) -> dict[Ref, list[str]]:
    """Give the answers that the ledger knows of each plan, in the order of sending."""
    found: dict[Ref, list[str]] = {}
    for plan_id, version, _, answer in client.entries(feed):
        found.setdefault((plan_id, version), []).append(answer or "none")
    return found


@pytest.mark.parametrize("manners", [(), ("takes", "twice", "parts")])
def test_what_is_rejected_is_mended_and_both_lists_agree(
    tmp_path: Path, manners: tuple[str, ...]
) -> None:
    with Sandbox(tmp_path, seed=11, personalities=manners, shares=MANY) as box:
        with client_of(box) as client:
            sent = plans()
            client.put(sent)
            assert [client.run(f"{state}-plans").code for state in STATES] == [0, 0, 0, 0]
            box.settle()
            for state in STATES:
                heard = client.run(f"{state}-acks")
                results = booked(box, state)
                assert results.keys() == set(refs(sent))
                rejected = {ref for ref, told in results.items() if told == ["rejected"]}
                assert heard.code == bool(rejected)
                assert answered(client, f"{state}-plans") == results
            assert any("rejected" in told for told in results.values())
            client.put([mended(one) for one in sent])
            assert [client.run(f"{state}-plans").code for state in STATES] == [0, 0, 0, 0]
            box.settle()
            for state in STATES:
                assert client.run(f"{state}-acks").code == 0
                feed = f"{state}-plans"
                assert answered(client, feed) == booked(box, state)
                assert {told[-1] for told in booked(box, state).values()} <= {
                    "accepted",
                    "warnings",
                }
                states = Counter(row[2] for row in client.entries(feed))
                assert states.keys() <= {"delivered", "superseded"}
        assert len(list(tmp_path.glob("served/*/archive/*"))) >= 8


def test_nothing_is_lost_or_doubled_when_connections_are_cut(tmp_path: Path) -> None:
    manners = ("cuts", "takes", "late", "twice")
    with Sandbox(tmp_path, seed=4, personalities=manners, shares=MANY) as box:
        with client_of(box) as client:
            sent = plans()[:4]
            client.put(sent)
            feed, codes = "texas-plans", set()
            for _ in range(8):
                codes |= {client.run(feed).code, client.run("texas-acks").code}
                box.pickup()
            assert codes <= {0, 1, 4, 7}
            entries = client.entries(feed)
            assert [(row[0], row[1]) for row in entries] == refs(sent)
            assert {row[2] for row in entries} <= {"delivered", "held"}
            assert answered(client, feed) == booked(box, "texas")
        applied = Counter(
            (plan.plan_id, plan.version, plan.digest) for file in box.book() for plan in file.plans
        )
        assert set(applied.values()) == {1}


def test_files_that_a_state_offers_are_read_in_turn(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as box, client_of(box) as client:
        for system, state in zip(SYSTEMS, STATES, strict=True):
            names = [offer(box, system, registry(), 3) for _ in range(2)]
            assert [SYSTEMS[system].named(name) is not None for name in names] == [True, True]
            outcome = client.run(f"{state}-in")
            assert (outcome.code, outcome.counts["files_read"]) == (0, 2)
        received = [path.read_text() for path in (tmp_path / "received").glob("*.jsonl")]
        assert len(received) == 8
        assert all(len(text.splitlines()) == 3 for text in received)
        assert all(json.loads(line)["plan_id"] for text in received for line in text.splitlines())


@pytest.mark.parametrize(("manner", "code"), [("no-rename", 6), ("weak", 6), ("slow", 0)])
def test_what_a_server_is_like_shows_in_the_exit_code(
    tmp_path: Path, manner: str, code: int
) -> None:
    with Sandbox(tmp_path, personalities=[manner]) as box, client_of(box) as client:
        client.put(plans()[:1])
        assert client.run("texas-plans").code == code
