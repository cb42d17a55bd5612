"""Text into a code page and to its bytes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.code_page import into_code_page

from iepbridge.codecs.code_page import CodePage, Fitted

PAGE = CodePage("cp1252")


@given(text=st.text())
def test_a_text_is_converted_as_the_documents_say(text: str) -> None:
    found = PAGE.fitted(text)
    assert (found and found.text) == into_code_page(text)
    if found is not None:
        assert bool(found.changes) == (found.text != text)


@given(text=st.text(st.characters(max_codepoint=0x7F)))
def test_ascii_stays_as_it_is(text: str) -> None:
    assert PAGE.fitted(text) == Fitted(text, "")


@given(texts=st.lists(st.text(st.sampled_from("aé€ \\\n\x7f\u00a0"))))
def test_texts_are_encoded_one_behind_the_other(texts: list[str]) -> None:
    assert PAGE.encoded(texts) == "".join(texts).encode("cp1252")


def test_a_text_that_the_page_lacks_is_not_encoded() -> None:
    with pytest.raises(UnicodeEncodeError):
        PAGE.encoded(["abc", unicodedata.lookup("OHM SIGN")])
