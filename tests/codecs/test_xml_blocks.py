"""Byte order mark, declaration and version agree, or the file is refused."""

import io

import pytest

from iepbridge.codecs.xml import XmlDocument
from iepbridge.codecs.xml_blocks import utf8_blocks
from iepbridge.errors import Unreadable

UTF8 = frozenset({"UTF-8"})
BOTH = frozenset({"UTF-8", "UTF-16"})
NO_MARK = ("", "utf-8")
MARKS = {
    "none": NO_MARK,
    "UTF-8": ("\ufeff", "utf-8"),
    "UTF-16LE": ("\ufeff", "utf-16-le"),
    "UTF-16BE": ("\ufeff", "utf-16-be"),
    "UTF-32LE": ("\ufeff", "utf-32-le"),
    "UTF-32BE": ("\ufeff", "utf-32-be"),
    "UTF-16LE without": ("", "utf-16-le"),
    "UTF-16BE without": ("", "utf-16-be"),
    "UTF-32LE without": ("", "utf-32-le"),
    "UTF-32BE without": ("", "utf-32-be"),
    "EBCDIC without": ("", "cp037"),
}
READ = {
    *(("none", declared) for declared in (None, "UTF-8", "utf-8")),
    *(("UTF-8", declared) for declared in (None, "UTF-8", "utf-8")),
    *(("UTF-16LE", declared) for declared in (None, "UTF-16", "uTf-16")),
    *(("UTF-16BE", declared) for declared in (None, "UTF-16", "uTf-16")),
}
DECLARED = [None, "UTF-8", "utf-8", "UTF-16", "uTf-16", "UTF8", "UTF-16LE", "UTF-16BE", "UTF-32",
            "UTF-7", "ISO-8859-1", "windows-1252", "US-ASCII", "IBM037", "x"]  # fmt: skip


def encoded(mark: str, declared: str | None, body: str = "<a><r>é€😀</r></a>") -> bytes:
    start, codec = MARKS[mark]
    declaration = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    text = body if codec != "cp037" else "<a/>"
    return f"{start}{declaration}{text}".encode(codec)


def read(data: bytes, encodings: frozenset[str] = BOTH) -> list[str | None]:
    stream = io.BytesIO(data)
    return [one.text for one in XmlDocument(stream, record="r", encodings=encodings).children()]


def refusal(data: bytes, encodings: frozenset[str] = BOTH) -> str:
    with pytest.raises(Unreadable) as caught:
        read(data, encodings)
    assert caught.value.__context__ is None
    return str(caught.value)


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("declared", DECLARED)
def test_mark_and_declaration_agree_or_the_file_is_refused(mark: str, declared: str | None) -> None:
    data = encoded(mark, declared)
    if (mark, declared) in READ:
        assert read(data) == ["é€😀"]
    else:
        assert refusal(data)


@pytest.mark.parametrize("mark", ["UTF-16LE", "UTF-16BE"])
def test_utf_16_is_read_only_where_it_is_taken(mark: str) -> None:
    assert (
        refusal(encoded(mark, None), UTF8) == "The XML file is in UTF-16. Ask its sender for UTF-8."
    )
    assert refusal(encoded(mark, "UTF-16"), UTF8).startswith("The XML file is in UTF-16.")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (encoded("UTF-8", "UTF-16"), "begins with the byte order mark of UTF-8."),
        (encoded("UTF-16LE", "UTF-8"), "begins with the byte order mark of UTF-16."),
        (encoded("none", "UTF-16"), "declares UTF-16 but has no byte order mark"),
        (encoded("none", "ISO-8859-1"), "is in ISO-8859-1. Ask its sender for UTF-8 or UTF-16."),
        (encoded("UTF-32LE", None), "is in UTF-32"),
        (encoded("UTF-16BE without", None), "looks like UTF-16 or UTF-32 without"),
        (b"\xef\xbb\xbf" * 2 + b"<a/>", "two byte order marks"),
        ("\ufeff\ufeff<a/>".encode("utf-16-be"), "two byte order marks"),
        (b"<?xml version='1.1'?><a/>", "is XML 1.1, and only XML 1.0 is taken"),
        (b"<?xml version='1.01'?><a/>", "is XML 1.01"),
        (b"<?xml version='1." + b"9" * 3_000 + b"'?><a/>", "is XML 1.9999999,"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_was_found(data: bytes, expected: str) -> None:
    assert expected in refusal(data)


@pytest.mark.parametrize(
    "declaration",
    [
        "<?xml?>",
        "<?xml ?>",
        "<?xml version='2.0'?>",
        "<?xml version=1.0?>",
        "<?xml version='1.0\"?>",
        "<?xml version='1.0'>",
        "<?xml version='1.0'",
        "<?xml encoding='UTF-8'?>",
        "<?xml version='1.0' encoding=''?>",
        "<?xml version='1.0' encoding='-8'?>",
        "<?xml version='1.0' encoding='UTF 8'?>",
        "<?xml version='1.0' encoding='UTF-8'standalone='yes'?>",
        "<?xml version='1.0' standalone='no' encoding='UTF-8'?>",
        "<?xml version='1.0' standalone='maybe'?>",
        "<?xml version='1.0' encoding='" + "x" * 41 + "'?>",
        "<?xml version='1.0'\u00a0?>",
        "<?xml " + " " * 5_000 + "version='1.0'?>",
    ],
)
def test_a_malformed_declaration_is_refused(declaration: str) -> None:
    assert "XML declaration (line 1) is malformed" in refusal(f"{declaration}<a/>".encode())


@pytest.mark.parametrize(
    "declaration",
    [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        "<?xml\tversion\r\n =\n'1.0' \n encoding = 'utf-8'\tstandalone = 'no' ?>\n",
        "<?xml version='1.0' standalone='yes'?>",
        "<?xml-stylesheet href='x'?>",
    ],
)
def test_a_declaration_in_any_spelling_that_xml_knows(declaration: str) -> None:
    assert read(f"{declaration}<a><r>1</r></a>".encode()) == ["1"]


def test_a_doctype_is_the_reason_even_where_the_encoding_would_be_one() -> None:
    body = "<!-- x --><?x y?>\n<!DOCTYPE a><a/>"
    for mark, declared in [("none", "ISO-8859-1"), ("UTF-32BE", None), ("UTF-16LE without", "x")]:
        assert "DOCTYPE" in refusal(encoded(mark, declared, body))
    assert "DOCTYPE" in refusal(f"<?xml version='1.1'?>{body}".encode())
    assert "DOCTYPE" not in refusal(b"<?xml version='1.1'?><!-- <!DOCTYPE a> --><a/>")


def test_the_blocks_are_utf_8_without_a_mark() -> None:
    text = "<a>\ufeffé€😀</a>"
    for codec in ("utf-8", "utf-16-le", "utf-16-be"):
        data = f"\ufeff{text}".encode(codec)
        for size in range(1, 9):
            assert b"".join(utf8_blocks(io.BytesIO(data), BOTH, size)) == text.encode()


def test_what_is_wrong_in_utf_16_stays_wrong() -> None:
    for data in (b"\xff\xfe<\0a\0\x00\xd8>\0", b"\xff\xfe<\0a\0>", b"\xff\xfe<\0a\0\x00\xd8"):
        with pytest.raises(UnicodeDecodeError):
            b"".join(utf8_blocks(io.BytesIO(data), BOTH, 3)).decode()
