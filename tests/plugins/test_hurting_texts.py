"""Texts that formats stumble over, through every free text of a plan and back."""

from itertools import product
from typing import Any

import pytest
from tests.code_page import escaped_bytes, into_code_page
from tests.plugins.test_laws import SYSTEMS, assert_comes_back, fitted, read, write
from tests.plugins.test_written_files import assert_sound
from tests.plugins.texts import Place, full_plan, places, text_paths, with_texts

from iepbridge.exchange import Arrival

Data = dict[str, Any]
PART = 200
EDGES = (" x", "x ", "  x  ", " ", "   ", "\n x", "x \n", " \t ", "\u00a0x\u00a0")
BREAKS = ("\r", "\n", "\r\n", "\n\n", "\n\r", "a\rb\nc\r\nd", "\t", "a\tb")
MARKS = ("|", "||", '"', '""', '"x', 'x"', '"|"', '"\r\n"', "'", "\\", "\\\\", "\\n", "\\e", "x\\")
MARKUP = ("]]>", "&", "&lt;", "<x/>", "<![CDATA[x]]>", "=1+1", "[]", "null")
LETTERS = ("e\u0301", "Ńowak", "ﬁn", "ǅ", "“€”", "\x7f", "ß", "½", "\u00ad", "\u1e9b\u0323")
SPACES = ("\u3000x\u3000", "\u2003", "x\u2009", "\u2028x", "\x85x", "\ufeffx", "x\u200b")
SLASHES = ("\N{FULLWIDTH REVERSE SOLIDUS}n", "\N{FULLWIDTH REVERSE SOLIDUS}", "\uff02|\uff5c")
FORMLESS = ("漢", "\U0001f600", "\u0301x", "x\u0302", "\ufffd", "اب")
SHORT = (*EDGES, *BREAKS, *MARKS, *MARKUP, *LETTERS, *SPACES, *SLASHES, *FORMLESS)
LONG = (
    *(" " * count for count in (2, 197, 198, 199, 200, 201, 396, 397, 400, 999)),
    *("x" + " " * count + "y" for count in (39, 149, 198, 199, 200, 399, 700)),
    "\\" * 100, "\\" * 101, "\n" * 150, "e\u0301" * 150, "\u3000" * 201, "\uff3c" * 201, '"' * 99,
    "|\r\n" * 70,
)  # fmt: skip
STORIES = (
    "x" * 20_000,
    " x" * 10_000,
    "x " * 10_000,
    "\n" * 20_000,
    '"|\\' * 6_667,
    "e\u0301" * 10_000,
)


def comes_back(system: str, data: Data) -> tuple[bytes, Arrival]:
    """See that a plan comes back as its loss lines have it."""
    content, (written,) = write(system, data)
    assert written.findings == ()
    (arrival,) = read(system, content)
    assert_comes_back(system, data, written.losses, arrival)
    return content, arrival


def passes(system: str, data: Data) -> None:
    """See that a plan comes back, and from a file that is sound."""
    content, arrival = comes_back(system, data)
    assert_sound(system, content, [arrival])


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("texts", [SHORT, LONG], ids=["short", "long"])
def test_a_text_goes_through_every_place(system: str, texts: tuple[str, ...]) -> None:
    for text in texts:
        plan = full_plan(system)
        data = with_texts(plan, dict.fromkeys(text_paths(plan), text))
        (written,) = write(system, data)[1]
        assert {one.rule for one in written.findings} <= {"FMT-LENGTH", "FMT-CHARSET"}
        passes(system, fitted(system, data))


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_held_is_just_what_has_no_form_or_no_room(system: str) -> None:
    for text in (*SHORT, *LONG):
        data = with_texts(full_plan(system), dict.fromkeys(places(system), text))
        (written,) = write(system, data)[1]
        found = {(one.path, one.rule) for one in written.findings}
        assert found == _expected(system, text), ascii(text)[:20]


def _expected(system: str, text: str) -> set[tuple[str | None, str]]:
    """Say where a system has no room for a text, or no form."""
    if system == "cwds" and into_code_page(text) is None:
        return {(path, "FMT-CHARSET") for path in places(system)}
    size = escaped_bytes(text) if system == "cwds" else len(text)
    return {
        (path, "FMT-LENGTH")
        for path, place in places(system).items()
        if size > place.size and not place.continues
    }


TAILS = ("", "\\", "\\\\", "\n", " ", "  ", " y", "\\ y", "\n y", "y\\", " " * 199 + "y", " " * 402)


AROUND = [(-2, -1, 0, 1, 2), (0, PART)]
EDGED = [
    pytest.param("cwds", "x", AROUND, id="cwds"),
    pytest.param("cwds", "\\", AROUND, id="cwds-escaped"),
    *(pytest.param(system, '"', [(-1, 0, 1), (0,)], id=system) for system in SYSTEMS[1:]),
]


@pytest.mark.parametrize(("system", "fill", "around"), EDGED)
def test_a_text_ends_anywhere_around_the_edge_of_a_place(
    system: str, fill: str, around: list[tuple[int, ...]]
) -> None:
    for offset, further, tail in product(*around, TAILS):
        texts = {
            path: _around(place, offset + further, fill, tail)
            for path, place in places(system).items()
        }
        passes(system, fitted(system, with_texts(full_plan(system), texts)))


def _around(place: Place, offset: int, fill: str, tail: str) -> str:
    """Give a text whose tail begins so many bytes from the end of a place or of its next part."""
    size = max(min(place.size, 1000) + offset, 1)
    each = escaped_bytes(fill)
    return "y" * (size % each) + fill * (size // each) + tail


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_long_story_comes_back_or_is_held_for_its_length(system: str) -> None:
    for story in STORIES:
        data = with_texts(full_plan(system), {"case_notes[0].story": story})
        if system == "icc":
            (written,) = write(system, data)[1]
            found = [(one.rule, one.path) for one in written.findings]
            assert found == [("FMT-LENGTH", "case_notes[0].story")]
        else:
            passes(system, data)
