"""Escapes in fields of fixed width: there and back, and nothing that is unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.codecs.fixed_text import UnknownEscape, escape, unescape


@given(st.text("ab\\\n\r\tenrt é"))
def test_what_is_escaped_comes_back(text: str) -> None:
    escaped = escape(text)
    assert unescape(escaped) == text
    assert not set("\n\r\t") & set(escaped)


def test_each_escape() -> None:
    assert escape("a\\b\nc\rd\te") == r"a\\b\nc\rd\te"
    assert unescape(r"x  \e") == "x  "
    assert unescape(r"\\n") == r"\n"


@pytest.mark.parametrize("text", ["\\", r"\x", r"\\\ ", r"\N", "\\\n", r"a\\\\\q"])
def test_an_unknown_escape_is_refused(text: str) -> None:
    with pytest.raises(UnknownEscape):
        unescape(text)
