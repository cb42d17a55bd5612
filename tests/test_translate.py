"""The passage from reader to writer: what is written, held, counted and reported."""

import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge import translate as module
from iepbridge.errors import FirstProblem, Unreadable
from iepbridge.exchange import Arrival, Written
from iepbridge.finding import DROPPED, UNMAPPED, Finding, Loss
from iepbridge.plan import Plan, read_plan
from iepbridge.translate import Reporter, ReportLines, Summary, translate

PLAN: Plan = read_plan(
    {
        "schema": "iep/1",
        "plan_id": "P-1",
        "version": 1,
        "program": "other",
        "status": "draft",
        "participant": {"name": {"first": "Ada", "last": "Byron"}},
    }
)


def finding(plan_id: str | None, rule: str = "FMT-CODE", severity: str = "error") -> Finding:
    return Finding(plan_id, 1, rule, severity, "goals[0].term", "It is wrong.", "Mend it.")  # type: ignore[arg-type]


def loss(plan_id: str | None, kind: str = DROPPED, path: str = "comments") -> Loss:
    return Loss(plan_id, 1, path, kind, "No place for it.")  # type: ignore[arg-type]


def whole(plan_id: str, *losses: Loss) -> Arrival:
    return Arrival(plan_id, 1, PLAN, {}, losses=losses)


def held(plan_id: str | None, *findings: Finding) -> Arrival:
    return Arrival(plan_id, None, None, None, findings)


class Reader:
    """Gives arrivals, then perhaps refuses the file."""

    def __init__(self, *arrivals: Arrival, error: Exception | None = None) -> None:
        self.arrivals, self.error = arrivals, error

    def read(self, stream: BinaryIO) -> Iterator[Arrival]:
        yield from self.arrivals
        if self.error is not None:
            raise self.error


class Writer:
    """Takes every plan but those it has an answer for."""

    def __init__(self, **answers: Written) -> None:
        self.answers, self.taken, self.finished = answers, [], False

    def add(self, arrival: Arrival) -> Written:
        self.taken.append(arrival.plan_id)
        return self.answers.get(str(arrival.plan_id), Written())

    def finish(self) -> None:
        self.finished = True


class Heard(Reporter):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.of: dict[str, list[Sequence[object]]] = {"found": [], "held": [], "lost": []}

    def found(self, findings: Sequence[Finding]) -> None:
        self.of["found"].append(findings)

    def held(self, findings: Sequence[Finding]) -> None:
        self.of["held"].append(findings)

    def lost(self, losses: Sequence[Loss]) -> None:
        self.of["lost"].append(losses)


def passed(reader: Reader, writer: Writer, **options: object) -> tuple[Summary, Heard]:
    heard = Heard()
    return translate(reader, io.BytesIO(), writer, report=heard, **options), heard  # type: ignore[arg-type]


def test_whole_plans_are_written_and_the_file_finished() -> None:
    writer = Writer()
    summary, heard = passed(Reader(whole("A"), whole("B")), writer)
    assert writer.taken == ["A", "B"]
    assert writer.finished
    assert summary == Summary(2, 2, 0, 0, {}, {})
    assert summary.clean
    assert not any(heard.of.values())


def test_a_held_plan_is_not_offered_to_the_writer() -> None:
    writer = Writer()
    summary, heard = passed(Reader(held("A", finding("A")), whole("B")), writer)
    assert writer.taken == ["B"]
    assert (summary.read, summary.written, summary.held) == (2, 1, 1)
    assert heard.of["held"] == heard.of["found"] == [(finding("A"),)]
    assert not summary.clean


def test_a_plan_the_format_refuses_is_held_without_losses() -> None:
    refusal = Written((finding("A"), finding("A", "FMT-LENGTH")), (loss("A"),))
    reader = Reader(whole("A", loss("A", UNMAPPED)))
    summary, heard = passed(reader, Writer(A=refusal))
    assert summary.held == 1
    assert summary.findings == {"FMT-CODE": 1, "FMT-LENGTH": 1}
    assert summary.losses == {}
    assert heard.of["lost"] == []


def test_a_plan_held_without_a_reason_is_still_held() -> None:
    summary, heard = passed(Reader(held(None)), Writer())
    assert (summary.held, summary.errors) == (1, 0)
    assert heard.of["held"] == [()]
    assert not summary.clean


def test_losses_come_from_the_reader_then_the_writer() -> None:
    came, went = loss("A", UNMAPPED), loss("A")
    summary, heard = passed(Reader(whole("A", came)), Writer(A=Written((), (went,))))
    assert heard.of["lost"] == [(came, went)]
    assert summary.losses == {UNMAPPED: 1, DROPPED: 1}
    assert summary.clean


def test_a_warning_holds_nothing() -> None:
    arrival = Arrival("A", 1, PLAN, {}, (finding("A", "P-1", "warning"),))
    summary, heard = passed(Reader(arrival), Writer())
    assert (summary.written, summary.held, summary.errors) == (1, 0, 0)
    assert summary.findings == {"P-1": 1}
    assert heard.of["held"] == []
    assert summary.clean


def test_fail_stops_at_the_first_and_names_it() -> None:
    writer = Writer(B=Written((finding("B"),)))
    reader = Reader(whole("A"), whole("B"), whole("C"))
    with pytest.raises(FirstProblem, match="plan B") as caught:
        passed(reader, writer, on_error="fail")
    assert writer.taken == ["A", "B"]
    assert not writer.finished
    for part in ("FMT-CODE at goals[0].term", "It is wrong. Mend it.", "nothing was written"):
        assert part in str(caught.value)


def test_fail_names_a_plan_without_id_by_its_place() -> None:
    with pytest.raises(FirstProblem, match="the plan at place 2"):
        passed(Reader(whole("A"), held(None, finding(None))), Writer(), on_error="fail")


def test_fail_says_how_many_reasons_it_does_not_show() -> None:
    many = held("A", *(finding("A", f"FMT-{n}") for n in range(14)))
    with pytest.raises(FirstProblem, match="and 4 more"):
        passed(Reader(many), Writer(), on_error="fail")


def test_a_refused_file_is_never_finished() -> None:
    writer = Writer()
    with pytest.raises(Unreadable):
        passed(Reader(whole("A"), error=Unreadable("no")), writer)
    assert not writer.finished


def test_progress_counts_the_plans_read() -> None:
    seen: list[int] = []
    passed(Reader(whole("A"), held("B"), whole("C")), Writer(), progress=seen.append)
    assert seen == [1, 2, 3]


def test_without_a_reporter_nothing_is_told() -> None:
    assert translate(Reader(held("A")), io.BytesIO(), Writer()).held == 1


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LOSSES = st.lists(st.builds(Loss, st.just("P"), st.just(7), TEXT, TEXT, TEXT), min_size=1)


@given(st.lists(LOSSES))
def test_loss_lines_are_the_bytes_of_each_loss(plans: list[list[Loss]]) -> None:
    stream = io.BytesIO()
    report = ReportLines(losses=stream)
    for losses in plans:
        report.lost(losses)
    assert stream.getvalue() == b"".join(one.line() for losses in plans for one in losses)


def test_loss_lines_keep_few_of_many_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TAILS_KEPT", 3)
    stream = io.BytesIO()
    report = ReportLines(losses=stream)
    losses = [loss(None, path=f"extensions.a.{n}") for n in range(10)]
    report.lost(losses)
    assert stream.getvalue() == b"".join(one.line() for one in losses)
    assert len(report._tails) <= 3


def test_finding_lines_are_the_bytes_of_each_finding() -> None:
    stream = io.BytesIO()
    report = ReportLines(findings=stream)
    report.found([finding("A"), finding("A")._replace(path="goals")])
    report.found([finding(None)])
    told = [finding("A"), finding("A")._replace(path="goals"), finding(None)]
    assert stream.getvalue() == b"".join(one.line() for one in told)


def test_report_lines_without_streams_write_nothing() -> None:
    report = ReportLines()
    report.found([finding("A")])
    report.lost([loss("A")])
