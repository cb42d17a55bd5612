"""`iepbridge purge`: content goes past its time; ids, digests and dates stay."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select, text, update
from tests.cli.deployment import (
    Deployment,
    against_policy,
    signed_anew,
    texan,
    without_code,
)

from iepbridge.ledger import take
from iepbridge.ledger.events import verify
from iepbridge.ledger.retention import Purged, give_back
from iepbridge.ledger.schema import events, kept, kept_chunks, payloads, plan_versions, received


def content_of(deployment: Deployment) -> set[str]:
    """Give the plans whose content is kept."""
    with deployment.ledger() as ledger, ledger.reading() as connection:
        own = select(plan_versions.c.plan_id).join_from(payloads, plan_versions)
        return set(connection.scalars(own))


def files_of(deployment: Deployment) -> int:
    """Count the files whose bytes are kept."""
    with deployment.ledger() as ledger, ledger.reading() as connection:
        own = select(func.count(kept_chunks.c.kept_id.distinct()))
        return int(connection.scalar(own) or 0)


def left(deployment: Deployment) -> list[Any]:
    """Give all that must stay."""
    with deployment.ledger() as ledger, ledger.reading() as connection:
        found = [
            *connection.execute(select(plan_versions)),
            *connection.execute(select(kept)),
            *connection.execute(select(received)),
        ]
        return [tuple(row) for row in found]


@pytest.fixture
def answered(deployment: Deployment) -> Deployment:
    """Give a deployment that has sent P-1 and P-2, both accepted."""
    deployment.plans(texan("P-1"), texan("P-2"))
    deployment("run", "plans")
    deployment.answer(deployment.sent()[0], {"P-1": "accepted", "P-2": "accepted"})
    deployment("run", "acks")
    return deployment


def test_content_stays_until_its_time(answered: Deployment) -> None:
    answered.age(99)
    row = answered("purge").row
    assert (row["plans"], row["files_sent"], row["files_received"]) == (0, 0, 0)
    assert content_of(answered) == {"P-1", "P-2"}


def test_content_goes_after_its_time_and_the_rest_stays(answered: Deployment) -> None:
    answered.age(101)
    before = left(answered)
    dry = answered("purge", "--dry-run").row
    assert content_of(answered) == {"P-1", "P-2"}
    row = answered("purge").row
    assert {**dry, "dry_run": False, "before": ""} == {**row, "before": ""}
    assert (row["plans"], row["files_sent"], row["files_received"]) == (2, 1, 1)
    assert (content_of(answered), files_of(answered)) == (set(), 0)
    assert left(answered) == before
    assert answered("purge").row["plans"] == 0


def test_what_was_purged_is_told_in_one_event(answered: Deployment) -> None:
    answered.age(101)
    answered("purge")
    answered("purge")
    with answered.ledger() as ledger, ledger.reading() as connection:
        found = connection.execute(select(events).where(events.c.kind == "content_purged")).all()
        assert verify(connection).broken is None
    (event,) = found
    detail = orjson.loads(event.detail)
    assert (detail["plans"], detail["files_sent"], detail["files_received"]) == (2, 1, 1)
    assert detail["who"]


def test_what_was_purged_is_not_sent_again(answered: Deployment) -> None:
    answered.age(101)
    answered("purge")
    done = answered("run", "plans")
    assert (done.code, done.row["counts"]["plans_unchanged"]) == (0, 2)
    assert len(answered.sent()) == 1
    assert answered("history", "P-1").code == 0
    assert answered("replay", "1").code == 2


def test_what_waits_for_anything_stays(deployment: Deployment) -> None:
    deployment.plans(texan("P-1"), texan("P-2"), against_policy("P-3"), without_code("P-4"))
    deployment("run", "plans")
    deployment.answer(deployment.sent()[0], {"P-1": "rejected"}, part=1)
    deployment("run", "acks")
    deployment.age(500)
    row = deployment("purge").row
    assert (row["plans"], row["files_sent"], row["answers"]) == (0, 0, 0)
    assert content_of(deployment) == {"P-1", "P-2", "P-3", "P-4"}
    assert deployment.words_kept() == 1


def test_the_version_that_a_held_one_is_compared_with_stays(answered: Deployment) -> None:
    answered.age(500)
    answered.plans(against_policy("P-1") | {"version": 2})
    answered("run", "plans")
    answered("purge")
    assert content_of(answered) == {"P-1"}


def test_a_file_goes_once_all_its_plans_are_answered(deployment: Deployment) -> None:
    deployment.plans(texan("P-1"), texan("P-2"))
    deployment("run", "plans")
    deployment.answer(deployment.sent()[0], {"P-1": "accepted"}, part=1)
    deployment("run", "acks")
    deployment.age(101)
    row = deployment("purge").row
    assert (row["plans"], row["files_sent"]) == (1, 0)
    assert content_of(deployment) == {"P-2"}


def test_of_a_feed_that_nobody_answers_delivery_is_the_end(deployment: Deployment) -> None:
    config = (deployment.folder / "iepbridge.toml").read_text()
    deployment.configure(config.replace('acknowledgements = "acks"\n', ""))
    deployment.plans(texan("P-1"))
    deployment("run", "plans")
    deployment.age(101)
    row = deployment("purge").row
    assert (row["plans"], row["files_sent"]) == (1, 1)


def test_what_gave_way_and_what_a_system_wrote_go(deployment: Deployment) -> None:
    deployment.plans(texan("P-1"))
    deployment("run", "plans")
    deployment.answer(deployment.sent()[0], {"P-1": "rejected"})
    deployment("run", "acks")
    deployment.plans(signed_anew("P-1"))
    deployment("run", "plans")
    assert len(deployment.sent()) == 2
    deployment.age(101)
    row = deployment("purge").row
    assert (row["plans"], row["answers"]) == (1, 1)
    assert deployment.words_kept() == 0
    with deployment.ledger() as ledger, ledger.reading() as connection:
        own = select(plan_versions.c.version).join_from(payloads, plan_versions)
        assert list(connection.scalars(own)) == [2]


def test_plans_that_came_go_once_written_out(deployment: Deployment) -> None:
    deployment.plans(texan("P-1"))
    deployment("run", "plans")
    name = deployment.sent()[0]
    there, here = deployment.folder / "texas" / name, deployment.folder / "answers" / name
    here.write_bytes(there.read_bytes())
    deployment("run", "old-plans")
    deployment.age(101)
    row = deployment("purge").row
    assert (row["plans"], row["files_sent"], row["files_received"]) == (1, 1, 1)


def test_two_at_once(small_deployment: Deployment) -> None:
    small_deployment("run", "plans")
    with small_deployment.ledger() as ledger, take(ledger, ["purge"], "another", 600):
        assert small_deployment("purge").code == 5


def test_room_is_given_back_to_the_disk(small_deployment: Deployment, tmp_path: Path) -> None:
    small_deployment.plans(*(texan(f"P-{n}") for n in range(150)))
    small_deployment("run", "plans")
    (name,) = small_deployment.sent()
    small_deployment.answer(name, {f"P-{n}": "accepted" for n in range(150)})
    small_deployment("run", "acks")
    small_deployment.age(101)
    file = tmp_path / "ledger" / "iepbridge.db"
    before = file.stat().st_size
    small_deployment("purge")
    assert file.stat().st_size < before * 0.8
    assert small_deployment("ledger", "verify").row["broken"] is None


def test_room_of_a_ledger_in_use_is_given_back_later(small_deployment: Deployment) -> None:
    small_deployment("run", "plans")
    with small_deployment.ledger() as ledger:
        with ledger.writing() as tx:
            tx.connection.execute(text("CREATE TABLE much (own BLOB)"))
            tx.connection.execute(text("INSERT INTO much VALUES (zeroblob(4000000))"))
        with ledger.writing() as tx:
            tx.connection.execute(text("DROP TABLE much"))
        raw = ledger.engine.raw_connection()
        raw.driver_connection.execute("PRAGMA busy_timeout = 1")
        raw.close()
        with small_deployment.ledger() as other, other.writing() as tx:
            tx.connection.execute(update(received).values(reason=None))
            assert not give_back(ledger)
        assert give_back(ledger)


def test_purged_adds_up() -> None:
    assert Purged(1, 2, 3, 4).plus(Purged(1, 1, 1, 1)) == (2, 3, 4, 5)
    assert not Purged(0, 0, 0, 0)


def test_in_words(small_deployment: Deployment) -> None:
    assert small_deployment.at_terminal("purge", "--dry-run").text.startswith("Would remove")
    assert "0 files sent" in small_deployment.at_terminal("purge").text


def test_an_old_version_that_was_never_answered_goes_with_the_next(deployment: Deployment) -> None:
    """Its system answered the next version only; `missing` asks for no answer to it any more."""
    deployment.plans(texan("P-1"))
    deployment("run", "plans")
    deployment.plans(signed_anew("P-1"))
    deployment("run", "plans")
    deployment.answer(deployment.sent()[1], {"P-1": "accepted"}, version=2)
    deployment("run", "acks")
    deployment.age(101)
    row = deployment("purge").row
    assert (row["plans"], row["files_sent"]) == (2, 2)
    assert content_of(deployment) == set()
