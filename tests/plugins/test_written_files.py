"""Files as written, judged and taken apart by code that shares nothing with the product."""

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from bench.baseline import icc
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import plain
from tests.oracles import check_cwds, check_icc, check_toolbox, check_twist
from tests.oracles.cwds_slicer import agrees, slice_file
from tests.plugins.test_laws import (
    COMMON,
    ENVELOPE,
    arrival_of,
    assert_comes_back,
    fitted,
    read,
    registry,
    write,
)
from tests.strategies import FRAGMENTS, plans

from iepbridge.exchange import Arrival, Written
from iepbridge.formats import open_reader, open_writer
from iepbridge.plan import plan_data, read_plan
from iepbridge.sample import sample_plans

Data = dict[str, Any]
CHECKS: dict[str, Callable[[Any], list[str]]] = {
    "cwds": check_cwds.check,
    "icc": check_icc.check,
    "toolbox": check_toolbox.check,
    "twist": check_twist.check,
}
# What escapes, cuts and quotes stumble over, long enough to need many further records.
HARD = (*FRAGMENTS, "x" * 197, "y" * 75, " " * 75, " " * 198, " " * 400, "\\" * 100, "\n" * 75)
RECORD = 302


def assert_sound(system: str, content: bytes, arrivals: Sequence[Arrival]) -> None:
    """See that a file is as its document has it, and that every field holds what was read."""
    assert CHECKS[system](content) == []
    came = [plain(plan_data(arrival.plan)) for arrival in arrivals if arrival.plan]
    if system == "cwds":
        pairs = zip(came, slice_file(content), strict=True)
        assert [agrees(data, slices) for data, slices in pairs] == [[] for _ in came]
    if system == "icc":
        found = icc.read_file(content)
        assert [rest for _, *rest in found] == [[[], []] for _ in came]
        assert [plain(plan_data(read_plan(data))) for data, *_ in found] == came


@pytest.mark.parametrize("system", ["cwds", "icc"])
@settings(**COMMON, max_examples=40)
@given(
    datas=st.lists(
        plans(fragments=HARD), min_size=1, max_size=2, unique_by=lambda data: data["plan_id"]
    )
)
def test_every_file_is_sound_and_every_field_agrees(system: str, datas: list[Data]) -> None:
    datas = [fitted(system, data) for data in datas]
    content, written = write(system, *datas)
    arrivals = read(system, content)
    assert_sound(system, content, arrivals)
    for data, one, arrival in zip(datas, written, arrivals, strict=True):
        assert_comes_back(system, data, one.losses, arrival)


@pytest.mark.parametrize("system", ["cwds", "icc"])
def test_so_is_a_file_of_sampled_plans(system: str) -> None:
    content, written = write(system, *sample_plans(300, 11))
    arrivals = read(system, content)
    assert len(arrivals) == sum(not one.findings for one in written) > 200
    assert_sound(system, content, arrivals)


PLANS = 22_500
LOOKED_AT = 100
MOST_GROWTH = 24 * 2**20


@pytest.mark.linux
@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_million_records_go_there_and_back_in_little_memory() -> None:
    with tempfile.TemporaryFile() as stream:
        memory, told = _written_out(stream)
        records = stream.tell() // RECORD
        assert records > 1_000_000
        for number in (1, 999_999, 1_000_000, 1_000_001, records):
            stream.seek((number - 1) * RECORD + 2)
            assert stream.read(6) == b"%06d" % (number % 1_000_000)
        stream.seek(0)
        memory += _read_again(stream, told)
    assert max(memory) - memory[0] < MOST_GROWTH


def _written_out(stream: BinaryIO) -> tuple[list[int], dict[str, Written]]:
    """Write sampled plans; give the memory on the way, and what was said of some."""
    writer = open_writer("cwds", registry(), stream, ENVELOPE, losses=True)
    memory, told = [], {}
    for number, data in enumerate(sample_plans(PLANS, 7)):
        written = writer.add(arrival_of(data))
        if number % LOOKED_AT == 0:
            told[data["plan_id"]] = written
            memory.append(_memory())
    writer.finish()
    return memory[len(memory) // 4 :], told


def _read_again(stream: BinaryIO, told: dict[str, Written]) -> list[int]:
    """Read the plans again, beside those that were sent; give the memory on the way."""
    memory = []
    arrivals = open_reader("cwds", registry()).read(stream)
    arrival = next(arrivals)
    for data in sample_plans(PLANS, 7):
        written = told.get(data["plan_id"])
        if arrival is None or arrival.plan_id != data["plan_id"]:
            assert written is None or written.findings
            continue
        assert arrival.findings == ()
        if written is not None:
            assert_comes_back("cwds", data, written.losses, arrival)
            memory.append(_memory())
        arrival = next(arrivals, None)
    assert arrival is None
    return memory


def _memory() -> int:
    """Give the bytes of memory that this process has at hand."""
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
