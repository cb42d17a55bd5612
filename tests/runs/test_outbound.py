"""Plans from a source to an endpoint, run after run: each goes once, and none is lost."""

from pathlib import Path

import pytest
from sqlalchemy import update
from tests.runs.place import FEED, Place, bad, broken, plan, tight
from tests.servers.ledgers import Hands

from iepbridge.ledger import Ledger
from iepbridge.ledger.schema import payloads
from iepbridge.runs.run import run_feed


@pytest.fixture
def place(tmp_path: Path, ledger: Ledger, clock: Hands) -> Place:
    """Give a feed to TWIST, first with SQLite, then with PostgreSQL."""
    return Place(tmp_path, ledger, clock)


def test_new_plans_go_and_do_not_go_again(place: Place) -> None:
    place.lay("a.jsonl", plan("P-1"), plan("P-2"))
    first = place.run()
    assert (first.code, first.counts["plans_delivered"]) == (0, 2)
    assert place.states() == {"P-1": ["1 delivered"], "P-2": ["1 delivered"]}
    second = place.run()
    assert (second.code, second.counts["plans_unchanged"]) == (0, 2)
    assert place.files() == ["TWIST_IEP_GCWS_20261102_000001.xml"]


def test_new_content_of_a_version_goes_again(place: Place) -> None:
    place.lay("a.jsonl", plan("P-1"))
    place.run()
    place.lay("a.jsonl", plan("P-1", comments="signed since"))
    assert place.run().counts["plans_delivered"] == 1
    assert place.states() == {"P-1": ["1 delivered", "1 delivered"]}
    assert place.run().counts["plans_delivered"] == 0


def test_a_new_version_goes_and_an_older_one_does_not(place: Place) -> None:
    place.lay("a.jsonl", plan("P-1", 2))
    place.run()
    place.lay("a.jsonl", plan("P-1", 3))
    place.lay("b.jsonl", plan("P-1", 1), plan("P-1", 2))
    assert place.run().code == 0
    assert place.states() == {"P-1": ["2 delivered", "1 superseded", "3 delivered"]}
    assert place.run().counts["plans_delivered"] == 0


def test_of_several_versions_across_files_the_highest_goes(place: Place) -> None:
    place.lay("a.jsonl", plan("P-1", 2), plan("P-2"), plan("P-1", 1))
    place.lay("b.jsonl", plan("P-1", 3), plan("P-1", 2))
    assert place.run().code == 0
    assert sorted(place.states()["P-1"]) == ["1 superseded", "2 superseded", "3 delivered"]
    assert place.states()["P-2"] == ["1 delivered"]


def test_the_same_plan_written_otherwise_is_the_same(place: Place) -> None:
    """Other order of keys, nulls, spaces: the same content, wherever it stands."""
    place.lay("a.jsonl", plan("P-1"))
    place.run()
    data = dict(reversed(plan("P-1").items())) | {"closed_on": None}
    place.lay("a.jsonl", plan("P-1"), data)
    outcome = place.run()
    assert (outcome.code, outcome.counts["plans_delivered"]) == (0, 0)
    assert place.states() == {"P-1": ["1 delivered"]}


ONE, OTHER = plan("P-1", comments="one"), plan("P-1", comments="other")
UNCLEAR = "1 held contradiction"


def contradicted(place: Place) -> None:
    place.lay("a.jsonl", ONE, plan("P-2"))
    place.lay("b.jsonl", OTHER)
    assert place.run().code == 1
    assert place.states() == {"P-1": [UNCLEAR, UNCLEAR], "P-2": ["1 delivered"]}


def test_two_contents_of_one_version_are_both_held(place: Place) -> None:
    contradicted(place)
    assert place.run().code == 1
    assert place.states()["P-1"] == [UNCLEAR, UNCLEAR]


def test_a_contradiction_ends_with_a_new_version(place: Place) -> None:
    contradicted(place)
    place.lay("b.jsonl", OTHER, plan("P-1", 2))
    assert place.run().code == 0
    assert place.states()["P-1"] == ["1 superseded", "1 superseded", "2 delivered"]


def test_a_contradiction_ends_with_a_third_content(place: Place) -> None:
    contradicted(place)
    place.lay("b.jsonl", OTHER, plan("P-1", comments="a third"))
    assert place.run().code == 0
    assert place.states()["P-1"] == ["1 superseded", "1 superseded", "1 delivered"]


def test_a_contradiction_ends_when_one_is_taken_out(place: Place) -> None:
    contradicted(place)
    (place.folder / "source" / "a.jsonl").unlink()
    assert place.run().code == 0
    assert place.states()["P-1"] == ["1 superseded", "1 delivered"]


@pytest.mark.parametrize("gone", [False, True])
def test_a_contradiction_ends_by_a_persons_word(place: Place, gone: bool) -> None:
    contradicted(place)
    first = next(row for row in place.rows() if row.plan_id == "P-1")
    place.let_go_hold(first.held_id)
    if gone:
        place.clear()
    assert place.run().counts["plans_delivered"] == 1
    assert place.states()["P-1"] == ["1 delivered", "1 superseded"]
    assert place.run().counts["plans_delivered"] == 0


def test_a_persons_word_says_nothing_of_what_came_since(place: Place) -> None:
    """Two are unclear, one of them is released, and two others have come before it goes."""
    contradicted(place)
    first = next(row for row in place.rows() if row.plan_id == "P-1")
    place.let_go_hold(first.held_id)
    place.clear()
    place.lay("c.jsonl", plan("P-1", comments="a third"), plan("P-1", comments="a fourth"))
    assert place.run().code == 1
    states = ["1 delivered", "1 superseded", UNCLEAR, UNCLEAR]
    for _ in range(2):
        assert sorted(place.states()["P-1"]) == sorted(states)
        assert place.run().code == 1


def test_a_version_below_a_contradiction_does_not_go_in_its_place(place: Place) -> None:
    """It was held, and is released after all: what is newer is not lost by that."""
    place.lay("a.jsonl", bad("P-1", 1))
    place.run()
    place.clear()
    place.lay("b.jsonl", plan("P-1", 2, comments="one"), plan("P-1", 2, comments="other"))
    place.run()
    place.clear()
    assert place.states()["P-1"] == ["1 superseded"] + ["2 held contradiction"] * 2
    place.run()
    place.lay("c.jsonl", plan("P-1", 2, comments="other"))
    assert place.run().code == 0
    assert place.states()["P-1"] == ["1 superseded", "2 superseded", "2 delivered"]


@pytest.mark.parametrize("gone", [False, True])
def test_what_policy_holds_goes_once_a_person_releases_it(place: Place, gone: bool) -> None:
    place.lay("a.jsonl", bad("P-1"), plan("P-2"))
    assert place.run().code == 1
    assert place.states() == {"P-1": ["1 held policy"], "P-2": ["1 delivered"]}
    assert place.run().code == 1
    place.let_go("P-1")
    if gone:
        place.clear()
    outcome = place.run()
    assert (outcome.code, outcome.counts["plans_delivered"]) == (0, 1)
    assert place.states()["P-1"] == ["1 delivered"]
    assert place.run().counts["plans_delivered"] == 0


def test_what_is_held_and_mended_goes_and_the_old_gives_way(place: Place) -> None:
    place.lay("a.jsonl", bad("P-1"), tight("P-2"), broken("P-3"))
    assert place.run().code == 1
    held = {"P-1": ["1 held policy"], "P-2": ["1 held format"], "P-3": ["1 held model"]}
    assert place.states() == held
    place.run()
    assert place.states() == held
    place.lay("a.jsonl", plan("P-1"), plan("P-2", 2), plan("P-3"))
    assert place.run().code == 0
    assert place.states() == {
        "P-1": ["1 superseded", "1 delivered"],
        "P-2": ["1 superseded", "2 delivered"],
        "P-3": ["1 superseded", "1 delivered"],
    }


def test_what_is_held_and_then_fits_goes(tmp_path: Path, place: Place) -> None:
    """Rules and mappings change, too: what is held is looked at anew by each run."""
    place.lay("a.jsonl", bad("P-1"))
    place.run()
    rules = [rule.id for rule in place.adapter.rules]
    place.loosen(rules)
    assert place.run().code == 0
    assert place.states() == {"P-1": ["1 delivered"]}


def test_plans_without_an_id_are_held_each_by_itself(place: Place) -> None:
    place.lay("a.jsonl", broken(None), broken(None, comments="b"), plan("P-1"))
    assert place.run().code == 1
    assert place.states() == {"": ["0 held model"] * 2, "P-1": ["1 delivered"]}
    assert place.run().code == 1
    assert place.states()[""] == ["0 held model"] * 2


HOPELESS = {
    "levels": b"[" * 120 + b"]" * 120,
    "surrogate": b'"\\ud800"',
    "integer": b"9" * 400,
    "exponent": b"1e999999999999",
    "number": b"1e2000000",
    "null character": b'"\\u0000"',
}


@pytest.mark.parametrize("value", HOPELESS.values(), ids=list(HOPELESS))
def test_a_plan_that_says_the_impossible_stops_no_other(place: Place, value: bytes) -> None:
    line = b'{"schema":"iep/1","plan_id":"P-1","version":1,"comments":' + value + b"}\n"
    (place.folder / "source" / "a.jsonl").write_bytes(line)
    place.lay("b.jsonl", plan("P-2"))
    for _ in range(2):
        assert place.run().code in (1, 3)
    states = place.states()
    assert states.pop("P-2") == ["1 delivered"]
    assert states in ({}, {"P-1": ["1 held model"]})


def test_a_source_that_cannot_be_read_is_told_and_the_others_go(place: Place) -> None:
    place.lay("a.jsonl", plan("P-1"))
    (place.folder / "source" / "b.jsonl").write_bytes(b'{"plan_id": "P-9"}\n{"plan_id": ')
    place.lay("c.jsonl", plan("P-2"))
    outcome = place.run()
    assert outcome.code == 3
    assert "b.jsonl" in outcome.problems[0]
    assert "line 2" in outcome.problems[0]
    assert place.states() == {"P-1": ["1 delivered"], "P-2": ["1 delivered"]}


def test_a_source_that_changes_while_it_is_read_sends_nothing_under_another_name(
    place: Place,
) -> None:
    path = place.lay("a.jsonl", plan("P-1", comments="before"))
    place.when_counted("plans_found", lambda: place.lay("a.jsonl", plan("P-1", comments="after_")))
    assert path.read_bytes()
    assert place.run().code == 3
    assert place.files() == []
    place.when_counted("plans_found", None)
    assert place.run().code == 0
    assert place.states() == {"P-1": ["1 delivered"]}


@pytest.mark.parametrize("plans", [0, 1, 2, 3, 4, 5])
def test_batches_are_full_but_for_the_last(
    tmp_path: Path, ledger: Ledger, clock: Hands, plans: int
) -> None:
    place = Place(tmp_path, ledger, clock, batch_size=2)
    place.lay("a.jsonl", *(plan(f"P-{number}") for number in range(plans)), bad("Q"))
    outcome = place.run()
    sizes = place.batch_sizes()
    assert outcome.counts.get("plans_delivered", 0) == plans
    assert sizes == [2] * (plans // 2) + [1] * (plans % 2)
    assert place.files() == [
        f"TWIST_IEP_GCWS_20261102_{number:06}.xml" for number in range(1, len(sizes) + 1)
    ]


def test_nothing_to_send_sends_nothing(place: Place) -> None:
    assert (place.run().code, place.files()) == (0, [])
    place.lay("a.jsonl")
    assert (place.run().code, place.files()) == (0, [])
    assert place.batch_sizes() == []


def test_untidy_plans_are_kept_so_that_the_next_version_is_compared(place: Place) -> None:
    """What came with nulls is read again as the version before."""
    untidy = plan("P-1", closed_on=None, barriers=[], credentials=[])
    untidy["participant"]["address"]["line2"] = None
    place.lay("a.jsonl", untidy)
    assert place.run().code == 0
    place.lay("a.jsonl", plan("P-1", 2, comments="a second version"))
    assert place.run().code == 0
    assert place.states() == {"P-1": ["1 delivered", "2 delivered"]}


@pytest.mark.parametrize("number", [b"1e40000000000", b"0e-40000000000", b"1e-40000000000"])
def test_a_number_with_millions_of_digits_takes_no_memory(place: Place, number: bytes) -> None:
    line = b'{"schema":"iep/1","plan_id":"P-1","version":1,"comments":%b}\n' % number
    (place.folder / "source" / "a.jsonl").write_bytes(line)
    assert place.run().code == 1
    assert place.states() == {"P-1": ["1 held model"]}


def unversioned(plan_id: str = "P-1", version: object = None) -> dict[str, object]:
    """Make a plan whose version cannot be read."""
    data = plan(plan_id) | {"version": version}
    return data if version is not None else {k: data[k] for k in data if k != "version"}


def test_a_plan_without_a_version_is_held_by_its_id_until_it_has_one(place: Place) -> None:
    place.lay("a.jsonl", unversioned("P-1"), unversioned("P-2", "abc"))
    assert place.run().code == 1
    assert place.states() == {"P-1": ["0 held model"], "P-2": ["0 held model"]}
    place.lay("a.jsonl", plan("P-1"), plan("P-2"))
    assert place.run().code == 0
    assert place.states() == {
        "P-1": ["0 superseded", "1 delivered"],
        "P-2": ["0 superseded", "1 delivered"],
    }


def test_a_plan_without_a_version_is_held_beside_one_that_goes(place: Place) -> None:
    place.lay("a.jsonl", plan("P-1"), unversioned("P-1"))
    first = place.run()
    assert (first.code, first.counts["plans_delivered"]) == (1, 1)
    assert sorted(place.states()["P-1"]) == ["0 held model", "1 delivered"]
    assert place.run().counts["plans_delivered"] == 0
    place.lay("a.jsonl", plan("P-1"))
    assert place.run().code == 0


def test_what_cannot_be_opened_keeps_its_own_plan_back_and_no_other(place: Place) -> None:
    place.lay("a.jsonl", plan("P-1"), plan("P-2"))
    place.run()
    entry = next(row.id for row in place.rows() if row.plan_id == "P-1")
    with place.ledger.writing() as tx:
        spoilt = update(payloads).where(payloads.c.entry_id == entry)
        tx.connection.execute(spoilt.values(data=b"spoilt"))
    place.lay("a.jsonl", plan("P-1", 2), plan("P-2", 2), plan("P-3"))
    found = run_feed(place.workplace, FEED)
    assert (found.code, found.counts["plans_delivered"]) == (2, 2)
    assert place.states()["P-1"] == ["1 delivered"]


def test_an_answer_to_a_file_that_was_never_tried_is_somebody_else_s(place: Place) -> None:
    (place.folder / "texas" / "TWIST_IEP_GCWS_20261102_000001.xml").write_bytes(b"another's")
    place.lay("a.jsonl", plan("P-1"))
    assert run_feed(place.workplace, FEED).code == 6
    (place.folder / "texas" / "TWIST_IEP_GCWS_20261102_000001.xml").unlink()
    place.answer("rejected")
    assert place.states() == {"P-1": ["1 waiting"]}
    assert place.run().code == 0
    assert place.states() == {"P-1": ["1 delivered"]}


def test_what_another_name_has_sent_does_not_all_go_again(
    tmp_path: Path, ledger: Ledger, clock: Hands
) -> None:
    """A feed is its name: renamed, it would know of nothing that was sent."""
    place = Place(tmp_path, ledger, clock)
    place.lay("a.jsonl", plan("P-1"))
    assert place.run().code == 0
    renamed = Place(tmp_path, ledger, clock, feeds={"renamed": {}})
    outcome = run_feed(renamed.workplace, "renamed")
    assert outcome.code == 2
    assert "'plans', which is not configured any more" in outcome.problems[0]
    assert len(list((tmp_path / "texas").iterdir())) == 1
    kept = Place(tmp_path, ledger, clock, feeds={"plans": {"enabled": False}, "renamed": {}})
    assert run_feed(kept.workplace, "renamed").code == 0
    assert len(list((tmp_path / "texas").iterdir())) == 2


def test_a_file_that_changes_while_it_is_read_stops_no_other(place: Place) -> None:
    changing = place.lay("a.jsonl", plan("P-1"), plan("P-2"))
    place.lay("b.jsonl", plan("P-3"))
    content = changing.read_bytes()
    place.when_counted("plans_found", lambda: changing.write_bytes(b" " * len(content)))
    outcome = place.run()
    assert (outcome.code, outcome.counts["plans_delivered"]) == (3, 1), outcome.problems
    assert len(outcome.problems) == 1
    assert place.states() == {"P-3": ["1 delivered"]}
    place.when_counted("plans_found", None)
    changing.write_bytes(content)
    assert place.run().counts["plans_delivered"] == 2


def test_batches_of_any_size_fit_into_statements(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iepbridge.ledger.entering._AT_ONCE", 2)
    ids = [f"P-{number}" for number in range(7)]
    place.lay("a.jsonl", *(bad(own) for own in ids))
    assert place.run().code == 1
    place.lay("a.jsonl", *(plan(own, 2) for own in ids))
    assert place.run().counts["plans_delivered"] == 7
    assert place.states() == {own: ["1 superseded", "2 delivered"] for own in ids}
