"""`iepbridge history`: all that happened to a plan, and nothing about its person."""

import pytest
from sqlalchemy import select
from tests.cli.deployment import NUMBER, SENTINEL, Deployment, against_policy, texan

from iepbridge.cli.recounting import normalised
from iepbridge.errors import Misuse
from iepbridge.ledger.schema import events


@pytest.fixture
def told(deployment: Deployment) -> Deployment:
    """Give a deployment in which P-1 was held, released, sent, rejected, and shown."""
    deployment.plans(against_policy("P-1"), texan("P-2"))
    deployment("run", "plans")
    deployment("held", "release", "1", "--reason", "signed on paper")
    deployment("run", "plans")
    deployment.answer(deployment.sent()[1], {"P-1": "rejected"})
    deployment("run", "acks")
    deployment("held", "show", "2")
    return deployment


def test_everything_is_told_in_the_order_of_time(told: Deployment) -> None:
    rows = told("history", "P-1").rows
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert {row["plan_id"] for row in rows} == {"P-1"}
    what = [row["what"] for row in rows]
    order = (
        "run", "entered", "held", "finding", "plan_released", "made", "hold_ended", "attempt",
        "batch_delivered", "answered", "batch_answered", "plan_shown",
    )  # fmt: skip
    places = [what.index(one) for one in order]
    assert places == sorted(places)
    assert what.count("held") == 2


def test_a_file_is_told_with_name_digest_and_size(told: Deployment) -> None:
    rows = told("history", "P-1").rows
    (made,) = [row for row in rows if row["what"] == "made"]
    assert made["file"] == told.sent()[1]
    assert made["size"] == (told.folder / "texas" / made["file"]).stat().st_size
    assert len(made["sha256"]) == 64
    (answered,) = [row for row in rows if row["what"] == "answered"]
    assert answered["status"] == "rejected"
    assert answered["codes"] == [{"code": "E17", "place": "Plan/Participant"}]
    assert answered["batch"] == made["batch"]
    assert len([row for row in rows if row["what"] == "run"]) == 3


def test_no_person_is_told_of(told: Deployment) -> None:
    done = told("history", "P-1", "--log-level", "debug")
    assert SENTINEL not in done.out.decode() + done.err
    assert NUMBER not in done.out.decode() + done.err


def test_what_the_system_wrote_is_shown_when_asked_for_and_noted(told: Deployment) -> None:
    rows = told("history", "P-1", "--show-texts").rows
    (answered,) = [row for row in rows if row["what"] == "answered"]
    assert answered["texts"] == [f"{SENTINEL} is not known"]
    assert told("history", "P-1").rows[-1]["what"] == "texts_shown"


def test_a_plan_nobody_knows(small_deployment: Deployment) -> None:
    done = small_deployment("history", "P-9")
    assert (done.code, done.out) == (2, b"")
    assert "'P-9'" in done.err


@pytest.mark.parametrize("given", [f"ssn:{NUMBER}\n", "ssn:900-12-3456", "twist:007654321\n"])
def test_the_plans_of_a_person(told: Deployment, given: str) -> None:
    done = told("history", "--person", given=given)
    assert {row["plan_id"] for row in done.rows} == {"P-1", "P-2"}
    with told.ledger() as ledger, ledger.reading() as connection:
        found = connection.execute(select(events).where(events.c.kind == "person_looked_up")).one()
    assert '"plans":2' in found.detail
    assert NUMBER not in found.detail


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (("--person",), ""),
        (("--person",), NUMBER),
        (("--person",), f"ssn:{NUMBER}1"),
        (("--person",), "ssn:900000000"),
        (("--person", NUMBER), ""),
        ((), ""),
    ],
)
def test_a_number_that_is_none_is_refused_and_not_shown(
    small_deployment: Deployment, words: tuple[str, ...], given: str
) -> None:
    done = small_deployment("history", *words, given=given)
    assert (done.code, done.out) == (2, b"")
    assert NUMBER not in done.err
    assert "900000000" not in done.err


def test_a_number_is_looked_up_as_it_is_remembered() -> None:
    assert normalised(" ssn:900-12-3456\n") == f"ssn:{NUMBER}"
    assert normalised("cwds:A-17\n") == "cwds:A-17"
    with pytest.raises(Misuse):
        normalised("ssn:90012345")


def test_at_a_terminal_a_table(told: Deployment) -> None:
    shown = told.at_terminal("history", "P-1").text
    for word in ("plan released", "batch delivered", "error TX-04", "E17", "plan P-1"):
        assert word in shown
    assert SENTINEL not in shown
    assert SENTINEL in told.at_terminal("history", "P-1", "--show-texts").text


def test_no_command_tells_of_a_person(told: Deployment) -> None:
    for words in (
        ("run", "*", "--dry-run"),
        ("run", "*"),
        ("feeds",),
        ("held",),
        ("held", "show", "2"),
        ("held", "release", "2", "--reason", "why"),
        ("history", "P-1"),
        ("replay", "2"),
        ("resolve", "1", "--delivered", "--reason", "why"),
        ("purge",),
    ):
        for done in (told(*words, "--log-level", "debug"), told.at_terminal(*words)):
            assert SENTINEL not in done.out.decode() + done.err, words
            assert NUMBER not in done.out.decode() + done.err, words
