"""What is told about a translation, in words."""

import pytest
from tests.test_translate import finding

from iepbridge.cli.telling import Report, counted, held_in_events, held_in_words, in_words, plans
from iepbridge.translate import Summary


def told(read: int = 3, held: int = 0, **more: dict[str, int]) -> str:
    given = {"findings": {}, "losses": {}} | more
    return "\n".join(in_words(Summary(read, read - held, held, 0, **given)))


@pytest.mark.parametrize(("count", "text"), [(0, "0 plans"), (1, "1 plan"), (1200, "1,200 plans")])
def test_plans_are_counted_in_words(count: int, text: str) -> None:
    assert plans(count) == text


def test_counts_stand_the_largest_first_then_by_name() -> None:
    assert counted({"B": 2, "C": 1000, "A": 2}) == "C 1,000, A 2, B 2"


def test_a_clean_run_is_one_line() -> None:
    assert told() == "3 plans read, 3 written."


def test_held_plans_findings_and_losses_are_summed_up() -> None:
    text = told(held=1, findings={"FMT-CODE": 1}, losses={"dropped": 40})
    assert text.splitlines() == [
        "3 plans read, 2 written, 1 held back.",
        "Findings: FMT-CODE 1.",
        "Fields not carried over as they were: dropped 40.",
    ]


def test_each_held_plan_is_told_with_what_to_do() -> None:
    text = "\n".join(held_in_words([(finding("A"),), (finding(None),), ()], 3))
    assert text.splitlines() == [
        "Held back:",
        "  plan A, version 1",
        "    FMT-CODE at goals[0].term",
        "      It is wrong.",
        "      Mend it.",
        "  a plan without a usable id",
        "    FMT-CODE at goals[0].term",
        "      It is wrong.",
        "      Mend it.",
        "  a plan without a usable id",
    ]


def test_more_than_is_shown_is_counted() -> None:
    report = Report()
    for number in range(14):
        report.held([finding(f"P-{number}")] * 9)
    text = "\n".join(held_in_words(report.first, 14))
    assert text.count("plan P-") == 10
    assert text.count("    FMT-CODE at") == 50
    assert text.count("and more") == 10
    assert text.endswith("and 4 more; --findings FILE lists them all.")


def test_events_have_the_findings_fields() -> None:
    class Log:
        def __init__(self) -> None:
            self.heard: list[tuple[str, dict[str, object]]] = []

        def warning(self, event: str, **fields: object) -> None:
            self.heard.append((event, fields))

    log = Log()
    held_in_events(log, [(finding("A"),)], 3)
    first, second = log.heard
    assert first[0] == "plan_held"
    assert set(first[1]) == {"plan_id", "version", "rule", "path", "message", "remedy"}
    assert second == ("more_plans_held", {"plans": 2})
