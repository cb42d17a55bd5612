"""What is written is read as it was, for every system; what is damaged is refused in words."""

import io
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.plugins.acknowledgements import (
    NAMES,
    STEMS,
    SYSTEMS,
    acknowledgements,
    name_of,
    read,
    written,
)

from iepbridge.acknowledgement import Acknowledgement, Answer, Message, NotCarried
from iepbridge.errors import Unreadable
from iepbridge.registry import load_registry

ADAPTERS = load_registry().adapters


@pytest.mark.parametrize("system", SYSTEMS)
@settings(max_examples=80)
@given(st.data())
def test_what_is_written_is_read(system: str, data: st.DataObject) -> None:
    made = data.draw(acknowledgements(system))
    file = written(system, made)
    assert read(system, file, name_of(system, made)) == made
    assert written(system, made) == file


@pytest.mark.parametrize("system", SYSTEMS)
@settings(max_examples=80)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_in_words(system: str, data: st.DataObject) -> None:
    file = written(system, data.draw(acknowledgements(system)))
    start = data.draw(st.integers(0, len(file)))
    end = data.draw(st.integers(start, min(len(file), start + 20)))
    middle = data.draw(st.binary(max_size=6) | st.sampled_from([b"A", b"R", b" ", b"0", b"\r\n"]))
    with suppress(Unreadable):
        read(system, file[:start] + middle + file[end:], data.draw(names(system)))


def names(system: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["-", NAMES[system], "other"])


@pytest.mark.parametrize("system", SYSTEMS)
@given(st.binary(max_size=300))
@example(b"")
@example(b"\0" * 122)
def test_anything_else_is_refused(system: str, data: bytes) -> None:
    with pytest.raises(Unreadable):
        read(system, data)


@pytest.mark.parametrize("system", SYSTEMS)
@given(st.data())
def test_a_file_that_was_cut_is_refused(system: str, data: st.DataObject) -> None:
    """But for whole rows of ICC, which says nowhere how many there are."""
    file = written(system, data.draw(acknowledgements(system))).rstrip(b"\n")
    size = data.draw(st.integers(0, len(file) - 1))
    if system == "icc" and file[:size].endswith(b"\r\n"):
        size -= 1
    with pytest.raises(Unreadable):
        read(system, file[:size])


@pytest.mark.parametrize("system", sorted({*SYSTEMS} & {*ADAPTERS}))
def test_the_adapter_gives_what_reads_and_writes(system: str) -> None:
    given_by = ADAPTERS[system].acknowledgements
    if given_by is None:
        pytest.skip("its adapter gives none yet")
    assert given_by.name(f"{STEMS[system]}{SYSTEMS[system].NAMES.ending}", None) == NAMES[system]
    assert given_by.answered(NAMES[system]) == (STEMS[system], None)
    stream = io.BytesIO()
    made = REFUSED[system]
    given_by.write(made, stream)
    stream.seek(0)
    assert given_by.read(stream, NAMES[system]) == made


def refused(system: str, **more: object) -> Acknowledgement:
    received = "2026-01-05T02:00:00-06:00" if system in ("twist", "toolbox") else None
    code = "" if system == "cwds" else "FMT"
    told = (Message(code, "a wrong count"),)
    return Acknowledgement(STEMS[system], 1, received, "rejected", told, **more)


REFUSED = {system: refused(system) for system in SYSTEMS}


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_refused_file_answers_every_plan_at_once(system: str) -> None:
    found = read(system, written(system, REFUSED[system]))
    assert (found.status, found.answers, found.closes_unnamed) == ("rejected", (), False)
    assert found.rejects


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_name_and_the_sequence_inside_must_agree(system: str) -> None:
    other = NAMES[system].replace("000001", "000002")
    with pytest.raises(Unreadable, match="named after"):
        read(system, written(system, REFUSED[system]), other)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(
    "wrong",
    [
        {"messages": ()},
        {"messages": (Message("", ""),)},
        {"messages": (Message("", "\x07"),)},
        {"messages": (Message("", "\ud800"),)},
        {"messages": (Message("", "x" * 1_000_001),)},
        {"status": "accepted", "answers": (Answer("P-1", 1, "warnings"),)},
        {"answers": (Answer("P-1", 1, "accepted"),)},
        {"status": "warnings", "answers": (Answer("", 1, "warnings"),)},
        {"status": "warnings", "answers": (Answer("P" * 37, 1, "warnings"),)},
        {"status": "warnings", "answers": (Answer("P-1", 0, "warnings"),)},
        {"status": "warnings", "answers": (Answer("P-1", 1_000_000_000, "warnings"),)},
        {"status": "warnings", "answers": (Answer("P-1", 1, "warnings"),) * 2},
        {"status": "accepted", "messages": (Message("", "x", status="rejected"),)},
        {"sequence": 2},
        {"sequence": None, "status": "accepted", "messages": ()},
        {"part": 1, "batch": None},
    ],
)
def test_what_no_system_says_is_not_written(system: str, wrong: dict[str, object]) -> None:
    stream = io.BytesIO()
    with pytest.raises(NotCarried) as caught:
        SYSTEMS[system].write_acknowledgement(
            Acknowledgement(**{**_values(REFUSED[system]), **wrong}), stream
        )
    assert stream.getvalue() == b""
    assert str(caught.value).endswith(".")


def _values(acknowledgement: Acknowledgement) -> dict[str, object]:
    names = Acknowledgement.__dataclass_fields__
    return {name: getattr(acknowledgement, name) for name in names}
