"""A ledger restored from a backup: what went since is remembered, and nothing goes twice."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.fakes.endpoint import FakeEndpoint, Receiver
from tests.runs.place import FEED, Place, bad, plan
from tests.runs.test_before import first, minor, send
from tests.servers.ledgers import KEY, Hands, database_copied

from iepbridge.crypto import Keyring
from iepbridge.ledger import Ledger, open_ledger_at
from iepbridge.ledger.batches import NOT_DELIVERED, open_batches, settle
from iepbridge.ledger.journal import Journal
from iepbridge.ledger.schema import DELIVERED, events
from iepbridge.runs.dry import Preview
from iepbridge.runs.remembering import journal_of, place_of
from iepbridge.runs.run import run_feed

TWIST = "TWIST_IEP_GCWS_20261102_{:06}.xml".format


class Backup:
    """The ledger of a place as it is now, to be put back later, as often as wanted."""

    def __init__(self, place: Place) -> None:
        self._place = place
        url = place.ledger.engine.url.render_as_string(hide_password=False)
        place.ledger.close()
        self._copy = database_copied(url)

    def restore(self) -> None:
        """Put it back: the place goes on with an older ledger."""
        place = self._place
        place.ledger.close()
        ledger = open_ledger_at(
            database_copied(self._copy), Keyring.parse(KEY), clock=place.ledger.clock
        )
        place.ledger = ledger
        place.workplace = replace(place.workplace, ledger=ledger)


@contextmanager
def closed(place: Place) -> Iterator[Place]:
    """Close the ledger that a place has come to have."""
    yield place
    place.ledger.close()


@pytest.fixture
def place(tmp_path: Path, ledger: Ledger, clock: Hands) -> Iterator[Place]:
    """Give a feed to a receiver that keeps files where they are."""
    with closed(Place(tmp_path, ledger, clock, batch_size=2)) as made:
        yield made


@pytest.fixture
def taken(tmp_path: Path, ledger: Ledger, clock: Hands) -> Iterator[Place]:
    """Give a feed to a receiver that takes files at once."""
    fake = FakeEndpoint(receiver=Receiver(takes=True))
    with closed(Place(tmp_path, ledger, clock, fake=fake)) as made:
        yield made


def journal(place: Place) -> Journal:
    found = journal_of(place.settings.ledger)
    assert found is not None
    return found


def noted(place: Place) -> list[str]:
    return sorted(one.name for one in journal(place).places())


def resolve(place: Place, outcome: str) -> None:
    """Say as a person what became of each batch."""
    with place.ledger.reading() as connection:
        unclear = open_batches(connection, FEED)
    for batch in unclear:
        if outcome == NOT_DELIVERED and batch.kept_id is None:
            journal(place).remove(place_of(batch))
        with place.ledger.writing() as tx:
            settle(tx, None, batch, outcome, "a person")
    place.conserved()


def kinds(place: Place) -> list[str]:
    """Give what the chain says of batches."""
    wanted = select(events.c.kind).where(events.c.kind.like("batch%")).order_by(events.c.seq)
    with place.ledger.reading() as connection:
        return list(connection.scalars(wanted))


def test_what_went_since_is_found_where_it_stands(place: Place) -> None:
    place.lay("a.jsonl", plan("P-1"), plan("P-2"))
    place.run()
    backup = Backup(place)
    place.lay("a.jsonl", plan("P-1", 2), plan("P-2"), plan("P-3"), plan("P-4"), bad("P-5"))
    assert place.run().counts["batches_delivered"] == 2
    there = place.files()
    backup.restore()
    outcome = place.run()
    assert (outcome.code, outcome.counts["batches_remembered"]) == (1, 2)
    assert outcome.counts["batches_made"] == 0
    assert place.files() == there
    assert place.states() == {
        "P-1": ["1 delivered", "2 delivered"],
        "P-2": ["1 delivered"],
        "P-3": ["1 delivered"],
        "P-4": ["1 delivered"],
        "P-5": ["1 held policy"],
    }
    assert place.run().counts["batches_remembered"] == 0
    place.lay("a.jsonl", plan("P-6"))
    assert place.run().counts["plans_delivered"] == 1
    assert place.files() == [*there, TWIST(4)]


def test_a_backup_from_before_the_first_file(place: Place) -> None:
    backup = Backup(place)
    place.lay("a.jsonl", plan("P-1"), plan("P-2"), plan("P-3"))
    place.run()
    place.clear()
    backup.restore()
    assert place.run().code == 0
    assert set(map(tuple, place.states().values())) == {("1 delivered",)}
    assert place.files() == [TWIST(1), TWIST(2)]
    assert kinds(place) == ["batch_remembered", "batch_unknown"] * 2 + ["batch_delivered"] * 2


@pytest.fixture
def unclear(taken: Place) -> tuple[Place, Backup]:
    """Give a restored ledger that cannot see what became of the file with P-2 and P-3."""
    taken.lay("a.jsonl", plan("P-1"))
    taken.run()
    backup = Backup(taken)
    taken.lay("a.jsonl", plan("P-1"), plan("P-2"), plan("P-3"))
    assert taken.run().code == 0
    backup.restore()
    outcome = taken.run()
    assert (outcome.code, outcome.counts["contents_found_again"]) == (7, 2)
    assert len(taken.fake.receiver.got) == 2
    return taken, backup


def test_what_was_taken_is_unknown_and_keeps_back_its_plans(
    unclear: tuple[Place, Backup],
) -> None:
    place, _ = unclear
    place.lay("b.jsonl", plan("P-2", 2), plan("P-4"))
    assert place.run().code == 7
    assert place.states() == {
        "P-1": ["1 delivered"],
        "P-2": ["1 unknown", "2 waiting"],
        "P-3": ["1 unknown"],
        "P-4": ["1 delivered"],
    }
    names = [name for name, _ in place.fake.receiver.got]
    assert names == [TWIST(1), TWIST(2), TWIST(3)]


def test_an_acknowledgement_decides(unclear: tuple[Place, Backup]) -> None:
    place, _ = unclear
    place.lay("b.jsonl", plan("P-2", 2))
    place.run()
    place.answer("accepted", "P-3", place.batch("P-3"))
    assert place.run().code == 0
    assert place.states()["P-2"] == ["1 delivered", "2 delivered"]
    assert len(place.fake.receiver.got) == 3


def test_a_person_says_it_arrived(unclear: tuple[Place, Backup]) -> None:
    place, _ = unclear
    resolve(place, DELIVERED)
    assert place.run().code == 0
    assert len(place.fake.receiver.got) == 2


@pytest.mark.parametrize("again", [False, True])
def test_a_person_says_it_did_not_arrive(unclear: tuple[Place, Backup], again: bool) -> None:
    place, backup = unclear
    place.fake.receiver.got.pop()
    if again:  # the ledger is lost a second time
        backup.restore()
        place.run()
    resolve(place, NOT_DELIVERED)
    assert place.states()["P-2"] == ["1 waiting"]
    place.clear()
    assert place.run().code == 0
    assert set(map(tuple, place.states().values())) == {("1 delivered",)}
    assert [name for name, _ in place.fake.receiver.got] == [TWIST(1), TWIST(2)]
    assert place.run().counts["batches_made"] == 0


def test_content_that_nobody_has_waits_for_its_source(
    taken: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    backup = Backup(taken)
    taken.lay("a.jsonl", plan("P-1"), plan("P-2"))
    taken.run()
    taken.fake.receiver.got.clear()
    taken.clear()
    backup.restore()
    assert taken.run().code == 7
    resolve(taken, NOT_DELIVERED)
    outcome = taken.run()
    assert (outcome.counts["plans_waiting"], outcome.counts["batches_made"]) == (2, 0)
    assert "plan_has_no_content" in "".join(capfd.readouterr())
    taken.lay("a.jsonl", plan("P-1", 2), plan("P-2"))
    assert taken.run().counts["plans_delivered"] == 2
    assert taken.states() == {"P-1": ["1 superseded", "2 delivered"], "P-2": ["1 delivered"]}
    assert [name for name, _ in taken.fake.receiver.got] == [TWIST(1)]
    taken.clear()
    assert taken.run().counts["plans_waiting"] == 0


def test_what_waits_behind_a_lost_version_goes_in_its_place(taken: Place) -> None:
    backup = Backup(taken)
    taken.lay("a.jsonl", plan("P-1"))
    taken.run()
    taken.fake.receiver.got.clear()
    taken.lay("a.jsonl", plan("P-1", 2))
    backup.restore()
    assert taken.run().code == 7
    assert taken.states() == {"P-1": ["1 unknown", "2 waiting"]}
    resolve(taken, NOT_DELIVERED)
    assert taken.states() == {"P-1": ["1 superseded", "2 waiting"]}
    assert taken.run().counts["plans_delivered"] == 1
    assert [name for name, _ in taken.fake.receiver.got] == [TWIST(1)]


def test_what_the_backup_held_or_let_wait(taken: Place) -> None:
    taken.lay("a.jsonl", bad("P-1"))
    taken.run()
    backup = Backup(taken)
    taken.let_go("P-1")
    taken.lay("a.jsonl", bad("P-1"), plan("P-2"))
    taken.run()
    backup.restore()
    assert taken.states() == {"P-1": ["1 held policy"]}
    assert taken.run().code == 7
    assert taken.states() == {"P-1": ["1 unknown"], "P-2": ["1 unknown"]}
    resolve(taken, DELIVERED)
    assert taken.run().code == 0
    assert len(taken.fake.receiver.got) == 1


def test_what_is_there_in_part_cannot_be_finished_without_its_bytes(place: Place) -> None:
    backup = Backup(place)
    place.lay("a.jsonl", plan("P-1"))
    place.run()
    file = place.folder / "texas" / TWIST(1)
    file.rename(f"{file}.part").write_bytes(b"half")
    backup.restore()
    outcome = place.run()
    assert (outcome.code, place.states()) == (7, {"P-1": ["1 unknown"]})
    assert "iepbridge resolve 1" in outcome.problems[0]
    assert place.files() == [f"{file.name}.part"]
    resolve(place, NOT_DELIVERED)
    assert place.run().code == 0
    assert place.files() == [file.name]


def test_what_is_there_whole_under_its_temporary_name_gets_its_name(place: Place) -> None:
    backup = Backup(place)
    place.lay("a.jsonl", plan("P-1"))
    place.run()
    file = place.folder / "texas" / TWIST(1)
    file.rename(f"{file}.part")
    backup.restore()
    assert place.run().code == 0
    assert place.files() == [file.name]


def test_two_feeds_between_two_parties_remember_for_each_other(
    tmp_path: Path, ledger: Ledger, clock: Hands
) -> None:
    feeds = {"plans": {}, "more": {"source": "more/*.jsonl"}}
    (tmp_path / "more").mkdir()
    with closed(Place(tmp_path, ledger, clock, feeds=feeds)) as place:
        backup = Backup(place)
        place.lay("a.jsonl", plan("P-1"))
        place.lay("../more/b.jsonl", plan("P-2"))
        assert [place.run(feed).code for feed in feeds] == [0, 0]
        backup.restore()
        place.lay("../more/b.jsonl", plan("P-2"), plan("P-3"))
        assert place.run("more").counts["plans_delivered"] == 2
        assert place.run("plans").counts["batches_made"] == 0
        assert place.states("plans") == {"P-1": ["1 delivered"]}
        assert place.files() == [TWIST(1), TWIST(2), TWIST(3)]


def test_a_preview_tells_what_is_remembered_and_writes_nothing(place: Place) -> None:
    backup = Backup(place)
    place.lay("a.jsonl", plan("P-1"), plan("P-2"))
    place.run()
    backup.restore()
    place.lay("a.jsonl", plan("P-1"), plan("P-2"), plan("P-3"))
    rows = list(Preview(place.workplace, FEED))
    assert [(row["do"], row.get("plan_id"), row["file"]) for row in rows] == [
        ("remember", None, TWIST(1)),
        ("send", "P-3", TWIST(2)),
    ]
    assert place.rows() == []
    assert place.run().counts["plans_sent"] == 1
    assert place.files() == [TWIST(1), TWIST(2)]


def test_a_page_is_for_its_owner_alone_and_has_no_content(place: Place) -> None:
    place.lay("a.jsonl", plan("P-1"))
    place.run()
    folder = journal(place).folder
    assert folder == place.folder / "iepbridge.db.sent"
    (page,) = folder.iterdir()
    assert page.name == "out-twist-GCWS-TWC-0-000001.json"
    assert (folder.stat().st_mode & 0o777, page.stat().st_mode & 0o777) == (0o700, 0o600)
    assert plan("P-1")["participant"]["name"]["last"] not in page.read_text()


def test_a_journal_that_cannot_be_written_stops_all_before_anything_is_sent(place: Place) -> None:
    hindrance = journal(place).folder / ".out-twist-GCWS-TWC-0-000001.json"
    hindrance.mkdir(parents=True)
    place.lay("a.jsonl", plan("P-1"))
    outcome = place.run()
    assert outcome.code == 2
    assert "journal" in outcome.problems[0]
    assert (place.files(), place.states()) == ([], {"P-1": ["1 waiting"]})
    hindrance.rmdir()
    assert place.run().code == 0
    assert noted(place) == ["out-twist-GCWS-TWC-0-000001.json"]


@pytest.mark.parametrize("damage", [b"", b'{"feed":"plans"}', None])
def test_a_page_that_is_damaged_stops_the_feed(place: Place, damage: bytes | None) -> None:
    backup = Backup(place)
    place.lay("a.jsonl", plan("P-1"))
    place.run()
    backup.restore()
    (page,) = journal(place).folder.iterdir()
    text = page.read_bytes()
    page.write_bytes(text.replace(b'"P-1",1', b'"P-1"') if damage is None else damage)
    outcome = run_feed(place.workplace, FEED)
    assert (outcome.code, place.rows()) == (3, [])
    assert page.name in outcome.problems[0]
    page.write_bytes(text)
    assert place.run().code == 0


def test_a_lost_journal_changes_nothing_for_a_ledger_that_is_whole(place: Place) -> None:
    place.lay("a.jsonl", plan("P-1"))
    place.run()
    shutil.rmtree(journal(place).folder)
    place.lay("a.jsonl", plan("P-1"), plan("P-2"))
    assert place.run().counts["plans_delivered"] == 1
    assert noted(place) == ["out-twist-GCWS-TWC-0-000002.json"]


def test_the_journal_of_another_ledger_is_refused(place: Place) -> None:
    place.lay("a.jsonl", plan("P-1"))
    place.run()
    page = next(journal(place).folder.iterdir())
    text = page.read_bytes()
    place.lay("a.jsonl", plan("P-2"))
    place.when_counted("batches_made", lambda: page.with_name(TWISTED).write_bytes(other(text)))
    outcome = place.run()
    assert outcome.code == 2
    assert "another ledger" in outcome.problems[0]
    assert place.files() == [TWIST(1)]


TWISTED = "out-twist-GCWS-TWC-0-000002.json"


def other(text: bytes) -> bytes:
    return text.replace(b'"sequence":1', b'"sequence":2')


def test_updates_after_a_restore_compare_with_what_was_sent(
    tmp_path: Path, ledger: Ledger, clock: Hands
) -> None:
    with closed(Place(tmp_path, ledger, clock, system="icc")) as place:
        backup = Backup(place)
        send(place, first())
        backup.restore()
        place.run()
        assert send(place, minor(2)) == []


@pytest.mark.parametrize("faults", [{1: "failed"}, {3: "failed"}, {4: "failed"}])
@pytest.mark.parametrize("since", [{}, {2: "failed"}, {5: "failed"}])
def test_what_waited_when_the_backup_was_made_does_not_go_twice(
    taken: Place, faults: dict[int, str], since: dict[int, str]
) -> None:
    """The receiver was away, so a file waits in the backup; it went, and was taken, after that."""
    fake = taken.fake
    assert fake is not None
    taken.lay("a.jsonl", plan("P-1"))
    fake.faults = faults
    assert taken.run().code == 4
    backup = Backup(taken)
    fake.faults = {len(fake.calls) + at: what for at, what in since.items()}
    while taken.run().code:
        pass
    assert len(fake.receiver.got) == 1
    backup.restore()
    for _ in range(2):
        assert run_feed(taken.workplace, FEED).code == 7
        assert (len(fake.receiver.got), taken.states()) == (1, {"P-1": ["1 unknown"]})
    assert kinds(taken).count("batch_remembered") == 1
    resolve(taken, DELIVERED)
    assert taken.run().code == 0
    assert (len(fake.receiver.got), taken.states()) == (1, {"P-1": ["1 delivered"]})


def test_a_number_that_was_filled_after_the_backup_is_remembered(taken: Place) -> None:
    """Restored twice: the second backup has an empty number, whose new file went after it."""
    fake = taken.fake
    assert fake is not None
    backup = Backup(taken)
    taken.lay("a.jsonl", plan("P-1"))
    fake.receiver.takes = False
    assert taken.run().code == 0
    fake.files.clear()
    backup.restore()
    assert run_feed(taken.workplace, FEED).code == 7
    resolve(taken, NOT_DELIVERED)
    fake.receiver.takes = True
    again = Backup(taken)
    assert run_feed(taken.workplace, FEED).code == 0
    (first,) = fake.receiver.got
    again.restore()
    for _ in range(2):
        assert run_feed(taken.workplace, FEED).code == 7
        assert taken.states() == {"P-1": ["1 unknown"]}
    assert fake.receiver.got == [first]
    resolve(taken, DELIVERED)
    assert run_feed(taken.workplace, FEED).code == 0
    assert fake.receiver.got == [first]


def test_a_preview_looks_for_what_may_have_gone_since(taken: Place) -> None:
    fake = taken.fake
    assert fake is not None
    taken.lay("a.jsonl", plan("P-1"))
    fake.faults = {1: "failed"}
    assert taken.run().code == 4
    backup = Backup(taken)
    assert taken.run().code == 0
    backup.restore()
    assert [row["do"] for row in Preview(taken.workplace, FEED)] == ["look for"]


def test_what_never_went_gives_way_to_what_went_after_it(taken: Place) -> None:
    fake = taken.fake
    assert fake is not None
    fake.receiver.takes = False
    backup = Backup(taken)
    taken.lay("a.jsonl", plan("P-1"))
    assert taken.run().code == 0
    fake.files.clear()
    taken.lay("a.jsonl", plan("P-1", 2))
    assert run_feed(taken.workplace, FEED).code == 0
    backup.restore()
    assert run_feed(taken.workplace, FEED).code == 7
    assert taken.states() == {"P-1": ["1 unknown", "2 delivered"]}
    resolve(taken, NOT_DELIVERED)
    assert run_feed(taken.workplace, FEED).code == 0
    assert taken.states() == {"P-1": ["1 superseded", "2 delivered"]}
