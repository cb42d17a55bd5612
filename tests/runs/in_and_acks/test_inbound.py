"""Files in: each read once, in its turn; what is not in order waits, and is told."""

import json
from pathlib import Path

import pytest
from tests.runs.in_and_acks.office import (
    Office,
    batch_states,
    file_of,
    names_of,
    plan,
)

from iepbridge.ledger import Ledger
from iepbridge.ledger.sequences import Channel, Number, use_number

DAY = "20260105"


def name(sequence: int) -> str:
    return f"TBX_IEP_GCWS_{DAY}_{sequence:06}.xml"


def out(sequence: int, copy: str = "") -> str:
    return f"toolbox_GCWS_{DAY}_{sequence:06}{copy}.jsonl"


def test_files_are_read_in_order_from_the_first(office: Office) -> None:
    for sequence in (7, 9, 8):
        office.put(office.file(sequence, plan("P-1", sequence)))
    outcome = office.run()
    assert outcome.code == 0, outcome.problems
    assert list(office.taken()) == [out(7), out(8), out(9)]
    assert office.versions() == [("P-1", 7), ("P-1", 8), ("P-1", 9)]
    assert set(office.files().values()) == {"read"}
    assert office.run().counts == {}


def test_what_is_written_is_private_and_canonical(office: Office) -> None:
    data = plan("P-1")
    office.put(office.file(1, data))
    office.run()
    (path,) = (office.folder / "received").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert office.taken() == {out(1): [data]}


def test_a_gap_is_filled_by_a_later_run(office: Office) -> None:
    office.put(office.file(1, plan("A")))
    office.put(office.file(3, plan("C")))
    first = office.run()
    assert first.code == 1
    assert office.files() == {name(1): "read", name(3): "gap"}
    assert [one.reason for one in office.holds()] == ["sequence"]
    assert office.run().code == 1
    assert len(office.holds()) == 1
    office.put(office.file(2, plan("B")))
    assert office.run().code == 0
    assert list(office.taken()) == [out(1), out(2), out(3)]
    assert office.holds() == []
    assert set(office.files().values()) == {"read"}


def test_what_comes_in_one_run_is_not_held_for_the_order_of_its_names(office: Office) -> None:
    """After 999999 comes 000001, and its name stands before."""
    _count_up_to(office.ledger, 999_998)
    office.put(office.file(1, plan("B")))
    office.put(office.file(999_999, plan("A")))
    outcome = office.run()
    assert (outcome.code, outcome.counts.get("held")) == (0, None)
    assert office.states() == {("A", 1): "delivered", ("B", 1): "delivered"}
    assert office.events()["file_held"] == 0
    office.put(office.file(2, plan("C")))
    assert office.run().code == 0


def _count_up_to(ledger: Ledger, sequence: int) -> None:
    with ledger.writing() as tx:
        channel = Channel("in", "toolbox", "GCWS", "STATE")
        use_number(tx, channel, Number(0, sequence), None)


def test_a_repeat_is_held_and_never_applied(office: Office) -> None:
    office.put(office.file(1, plan("A")))
    office.run()
    office.put(office.file(1, plan("A", 2)))
    for _ in range(2):
        assert office.run().code == 1
    assert office.versions() == [("A", 1)]
    assert [one.reason for one in office.holds()] == ["sequence"]
    assert list(office.files().values()) == ["read", "repeat"]


def test_the_same_bytes_under_another_name_are_noted_and_not_read_again(office: Office) -> None:
    file = office.file(1, plan("A"))
    office.put(file)
    office.put((name(2), file[1]))
    outcome = office.run()
    assert outcome.code == 0
    assert outcome.counts["files_again"] == 1
    assert names_of(office) == [(name(1), False), (name(2), False)]
    assert office.versions() == [("A", 1)]
    office.put(office.file(2, plan("B")))
    assert office.run().code == 0
    assert office.versions() == [("A", 1), ("B", 1)]


def test_a_released_repeat_is_read_once_under_a_name_of_its_own(office: Office) -> None:
    office.put(office.file(1, plan("A")))
    office.run()
    office.put(office.file(1, plan("A", 2)))
    office.run()
    office.release(office.holds()[0].id)
    assert office.run().code == 0
    assert list(office.taken()) == [out(1, "-2"), out(1)]
    assert office.holds() == []
    office.put(office.file(2, plan("B")))
    assert office.run().code == 0
    assert sorted(office.versions()) == [("A", 1), ("A", 2), ("B", 1)]


def test_a_released_gap_is_skipped_and_what_stood_in_it_comes_too_late(office: Office) -> None:
    for sequence in (1, 3, 4):
        office.put(office.file(sequence, plan("A", sequence)))
    office.run()
    assert len(office.holds()) == 2
    office.release(office.holds()[0].id)
    assert office.run().code == 0
    assert list(office.taken()) == [out(1), out(3), out(4)]
    office.put(office.file(2, plan("A", 2)))
    assert office.run().code == 1
    assert office.files()[name(2)] == "repeat"


def test_a_gap_that_was_passed_over_is_told_as_a_repeat(office: Office) -> None:
    """A person let a later file be read: the earlier one can only be let go as well."""
    for sequence in (1, 3, 4):
        office.put(office.file(sequence, plan("A", sequence)))
    office.run()
    office.release(office.holds()[1].id)
    assert office.run().code == 1
    assert list(office.files().values()) == ["read", "repeat", "read"]
    office.release(office.holds()[0].id)
    office.run()
    assert office.files()[name(3)] == "read"
    assert office.states()[("A", 3)] == "held"


def test_a_broken_file_is_told_once_and_its_mended_one_takes_its_place(office: Office) -> None:
    office.put(office.file(1, plan("A")))
    broken = office.file(2, plan("B"))
    office.put((broken[0], broken[1][:-40]))
    office.put(office.file(3, plan("C")))
    first = office.run()
    assert first.code == 3
    assert len(first.problems) == 1
    assert office.files() == {name(1): "read", name(2): "refused", name(3): "gap"}
    second = office.run()
    assert (second.code, second.problems) == (1, ())
    office.put(broken)
    assert office.run().code == 0
    assert office.versions() == [("A", 1), ("B", 1), ("C", 1)]


@pytest.mark.parametrize(
    ("lines", "envelope", "says"),
    [
        ({}, {"sender": "OTHER"}, "envelope says"),
        ({"feed": 'sender = "OTHER"'}, {}, "sender is GCWS"),
        ({"feed": 'receiver = "OTHER"'}, {}, "receiver is STATE"),
    ],
)
def test_a_file_for_somebody_else_is_refused_once(
    small_office: Office, lines: dict[str, str], envelope: dict[str, str], says: str
) -> None:
    office = small_office
    office.configure(**lines)
    file = file_of("toolbox", 1, [plan("A")], **envelope)
    office.put((name(1), file[1]))
    first = office.run()
    assert first.code == 3
    assert says in first.problems[0]
    assert office.run().code == 0
    assert office.taken() == {}


@pytest.mark.parametrize("wrong", [0, 5])
def test_a_copy_under_a_wrong_name_beside_it_keeps_a_file_from_nothing(
    office: Office, wrong: int
) -> None:
    file = office.file(1, plan())
    office.put((name(wrong), file[1]))
    office.put(file)
    assert office.run().code == 0
    assert office.versions() == [("P-1", 1)]
    assert list(office.files().values()) == ["read"]


def test_a_file_that_came_under_a_wrong_name_is_read_under_its_right_one(office: Office) -> None:
    """Its bytes are known by then: what was refused was the name."""
    file = office.file(1, plan("A"))
    office.put((name(5), file[1]))
    assert office.run().code == 3
    (office.inbox / name(5)).rename(office.inbox / name(1))
    outcome = office.run()
    assert outcome.code == 0
    assert office.versions() == [("A", 1)]
    assert office.files() == {name(1): "read"}


def test_a_refused_file_that_is_put_there_again_is_looked_at_again(office: Office) -> None:
    """What stood in its way may have been the configuration."""
    office.configure(feed='receiver = "OTHER"', endpoint='archive = "done"')
    path = office.put(office.file(1, plan("A")))
    assert office.run().code == 3
    assert not path.exists()
    office.configure(feed="")
    (office.folder / "done" / name(1)).rename(path)
    assert office.run().code == 0
    assert office.versions() == [("A", 1)]


def test_a_test_file_is_only_read_where_tests_are(small_office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "cwds"
    folder.mkdir()
    office = Office(folder, small_office.ledger, "cwds")
    own = plan("A", system="cwds")
    office.put(file_of("cwds", 1, [own], test=True))
    office.put(file_of("cwds", 2, [own]))
    assert office.run().code == 3
    assert list(office.files().values()) == ["refused", "read"]
    office.configure(endpoint="test = true")
    office.put(file_of("cwds", 3, [plan("A", 2, "cwds")], test=True))
    assert office.run().code == 0


def test_a_file_of_no_plans_is_read_and_counts(office: Office) -> None:
    office.put(office.file(1))
    office.put(office.file(2, plan("A")))
    assert office.run().code == 0
    assert list(office.taken()) == [out(2)]
    assert set(office.files().values()) == {"read"}


def test_senders_and_receivers_are_counted_apart(office: Office) -> None:
    office.put(office.file(5, plan("A")))
    office.put(office.file(2, plan("B"), sender="OTHER"))
    office.put((name(9), b"no file of any kind"))
    office.configure(feed="")
    assert office.run().code == 3
    office.put(office.file(3, plan("C"), sender="OTHER"))
    assert office.run().code == 0
    assert sorted(office.versions()) == [("A", 1), ("B", 1), ("C", 1)]


def test_two_receivers_of_one_sender_do_not_get_in_each_others_way(office: Office) -> None:
    """Their files may have one name; the receiver stands in none."""
    office.put(office.file(1, plan("A")))
    office.run()
    office.put(office.file(1, plan("B"), receiver="OTHER"))
    assert office.run().code == 0
    assert set(office.taken()) == {out(1), out(1, "-2")}


def test_an_older_file_reaches_the_destination_before_a_newer_one(small_office: Office) -> None:
    """Also where the older could not be written at first: a reader would see a plan go back."""
    office = small_office
    office.put(office.file(1, plan("A", 1)))
    office.put(office.file(2, plan("A", 2)))
    received = office.folder / "received"
    received.mkdir()
    obstacle = received / f"{out(1)}.part"
    obstacle.mkdir()
    assert office.run().code not in (0, 1)
    assert [path.name for path in received.iterdir()] == [obstacle.name]
    assert batch_states(office) == {out(1): "waiting", out(2): "waiting"}
    obstacle.rmdir()
    assert office.run().code == 0
    assert office.versions() == [("A", 1), ("A", 2)]
    assert set(office.files().values()) == {"read"}


def test_what_a_held_file_waits_for_is_told_anew(office: Office) -> None:
    for sequence in (2, 5):
        office.put(office.file(sequence, plan(f"P-{sequence}")))
    assert office.run().code == 1
    assert json.loads(office.holds()[0].findings) == [{"sequence": 5, "expected": 3}]
    office.put(office.file(3, plan("P-3")))
    assert office.run().code == 1
    (hold,) = office.holds()
    assert json.loads(hold.findings) == [{"sequence": 5, "expected": 4}]
