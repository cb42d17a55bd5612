"""From the file of one system to the file of another, for every ordered pair of the four.

What arrives is what both loss reports say: the source's when its file was written, the target's
when the plans passed on. Where a source drops the identifier that the target asks for, or carries
what the target cannot take, a person mends the plan in between, and here `Mended` does.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations
from typing import Any, BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plugins.test_laws import (
    COMMON,
    ENVELOPE,
    SYSTEMS,
    arrival_of,
    assert_comes_back,
    fitted,
    read,
    registry,
    write,
)
from tests.strategies import plans

from iepbridge.exchange import Arrival, PlanReader
from iepbridge.finding import Finding, Loss
from iepbridge.formats import open_reader, open_writer
from iepbridge.plan import plan_data
from iepbridge.sample import sample_plans
from iepbridge.translate import Reporter, Summary, translate

Data = dict[str, Any]
PAIRS = [pytest.param(*pair, id="-".join(pair)) for pair in permutations(SYSTEMS, 2)]
IDENTIFIERS = {
    "cwds": ".{1,10}",
    "icc": "[0-9]{1,12}",
    "toolbox": "[0-9]{8}",
    "twist": "[0-9]{1,9}",
}
MAY_HOLD = {"FMT-ID", "FMT-CODE", "FMT-REQUIRED", "FMT-LENGTH"}
WITHOUT_TANF = {"icc", "twist"}
CARRY_ALL_IDENTIFIERS = {"toolbox"}


class Mended:
    """A reader whose plans a person made fit for another system; `plans` keeps what they are."""

    def __init__(self, reader: PlanReader, target: str) -> None:
        self.plans: dict[str, Data] = {}
        self._reader = reader
        self._target = target

    def read(self, stream: BinaryIO) -> Iterator[Arrival]:
        for arrival in self._reader.read(stream):
            assert arrival.plan is not None
            data = fitted(self._target, plan_data(arrival.plan))
            self.plans[arrival.plan.plan_id] = data
            yield arrival_of(data)


class Heard(Reporter):
    """Keeps what was found and lost."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.losses: list[Loss] = []

    def found(self, findings: Sequence[Finding]) -> None:
        self.findings += findings

    def lost(self, losses: Sequence[Loss]) -> None:
        self.losses += losses

    def of(self, plan_id: str) -> list[Loss]:
        return [loss for loss in self.losses if loss.plan_id == plan_id]


def passed(reader: PlanReader, content: bytes, target: str) -> tuple[bytes, Heard, Summary]:
    """Translate a file to another system."""
    stream, heard = io.BytesIO(), Heard()
    writer = open_writer(target, registry(), stream, ENVELOPE, losses=True)
    summary = translate(reader, io.BytesIO(content), writer, report=heard)
    return stream.getvalue(), heard, summary


def assert_passes(source: str, target: str, datas: Iterable[Data]) -> int:
    """Write, translate and read plans; see that each is what the reports say; count them."""
    sent = {data["plan_id"]: fitted(source, data) for data in datas}
    content, written = write(source, *sent.values())
    for data, one, arrival in zip(sent.values(), written, read(source, content), strict=True):
        assert_comes_back(source, data, one.losses, arrival)
    mended = Mended(open_reader(source, registry()), target)
    other, heard, summary = passed(mended, content, target)
    assert (heard.findings, summary.held) == ([], 0)
    arrivals = read(target, other)
    assert [arrival.plan_id for arrival in arrivals] == list(sent)
    for arrival in arrivals:
        data = mended.plans[str(arrival.plan_id)]
        assert_comes_back(target, data, heard.of(str(arrival.plan_id)), arrival)
    return len(arrivals)


@pytest.mark.parametrize(("source", "target"), PAIRS)
@settings(**COMMON, max_examples=15)
@given(datas=st.lists(plans(), min_size=1, max_size=2, unique_by=lambda data: data["plan_id"]))
def test_a_plan_arrives_as_both_loss_reports_say(
    source: str, target: str, datas: list[Data]
) -> None:
    assert_passes(source, target, datas)


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_sampled_plans_arrive_as_both_loss_reports_say(source: str, target: str) -> None:
    assert assert_passes(source, target, sample_plans(30, 17)) == 30


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_what_is_not_mended_is_held_for_what_the_target_cannot_take(
    source: str, target: str
) -> None:
    content, written = write(source, *sample_plans(150, 23))
    _, heard, summary = passed(open_reader(source, registry()), content, target)
    assert summary.read == sum(not one.findings for one in written)
    for arrival in read(source, content):
        assert arrival.plan is not None
        found = {(one.rule, one.path) for one in heard.findings if one.plan_id == arrival.plan_id}
        own = {one for one in found if one[0] == "FMT-ID" or one[1] == "program"}
        assert own == set(_expected(target, plan_data(arrival.plan)))
        code_page = {"FMT-CHARSET"} if target == "cwds" else set()
        assert {rule for rule, _ in found} <= MAY_HOLD | code_page
    if source in CARRY_ALL_IDENTIFIERS:
        assert summary.written > summary.held
    else:
        assert summary.written == 0


def _expected(target: str, data: Data) -> Iterator[tuple[str, str]]:
    own = data["participant"].get("identifiers", {}).get(target, "")
    if not re.fullmatch(IDENTIFIERS[target], own):
        yield "FMT-ID", f"participant.identifiers.{target}"
    if target in WITHOUT_TANF and data["program"].startswith("tanf"):
        yield "FMT-CODE", "program"
