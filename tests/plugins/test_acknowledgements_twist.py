"""TWIST's acknowledgement as its page has it, and what is refused."""

import pytest
from tests.plugins.acknowledgements import NAMES, RECEIVED, STEMS, read, written

from iepbridge.acknowledgement import Acknowledgement, Answer, Message, NotCarried
from iepbridge.errors import Unreadable

STEM = STEMS["twist"]
HEAD = f"<FileId>{STEM}</FileId><Received>{RECEIVED}</Received><Status>W</Status>"
PLAN = '<Customer twistId="012" planRef="P-1" planVersion="2" status="R"/>'
REASON = Message("E1", "Not in the list", "Customer[2]/Person/Suffix")
ANSWERED = Acknowledgement(
    STEM,
    1,
    RECEIVED,
    "warnings",
    (Message("W1", "Late"),),
    (Answer("P-1", 1, "accepted", (), "012"), Answer("P-2", 3, "rejected", (REASON,))),
)
BYTES = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<TwistIepAck version="3.2">
  <FileId>{STEM}</FileId>
  <Received>{RECEIVED}</Received>
  <Status>W</Status>
  <Message code="W1">Late</Message>
  <Customer twistId="012" planRef="P-1" planVersion="1" status="A"/>
  <Customer planRef="P-2" planVersion="3" status="R">
    <Message code="E1" path="Customer[2]/Person/Suffix">Not in the list</Message>
  </Customer>
</TwistIepAck>
""".encode()


def document(content: str, version: str = "3.2") -> bytes:
    return f'<TwistIepAck version="{version}">{content}</TwistIepAck>'.encode()


def refusal(data: bytes, name: str = NAMES["twist"]) -> str:
    with pytest.raises(Unreadable) as caught:
        read("twist", data, name)
    return str(caught.value)


def test_it_is_written_as_the_page_has_it() -> None:
    assert written("twist", ANSWERED) == BYTES
    assert read("twist", BYTES) == ANSWERED


def test_children_may_come_in_any_order_with_comments_and_cdata() -> None:
    found = read(
        "twist", document(f"<!-- x -->{PLAN}<?y z?>\n{HEAD}<Message><![CDATA[<b>]]></Message>")
    )
    assert (found.answers[0].plan_id, found.messages[0].text) == ("P-1", "<b>")


def test_without_its_name_the_file_id_tells_which_batch() -> None:
    assert read("twist", document(HEAD), "-").batch == STEM
    other = read("twist", document(HEAD.replace(STEM, "odd name")), "-")
    assert (other.batch, other.sequence) == ("odd name", None)


def test_a_part_is_known_by_its_name() -> None:
    assert read("twist", document(HEAD), f"{STEM}.3.ack.xml").part == 3


def test_an_answer_without_id_and_version_is_read() -> None:
    found = read("twist", document(HEAD + '<Customer twistId="7" planVersion="" status="R"/>'))
    assert found.answers == (Answer(None, None, "rejected", (), "7"),)


def test_what_is_unknown_is_passed_over() -> None:
    extra = '<Other a="b">c</Other><Customer planRef="P-1" x="y" status="A"><Other/></Customer>'
    assert read("twist", document(HEAD + extra)).answers == (Answer("P-1", None, "accepted"),)


def test_an_empty_message_is_none() -> None:
    assert read("twist", document(f'{HEAD}<Message code=""/>')).messages == ()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (document(HEAD, "3.1"), "version"),
        (b"<TwistIepAck/>", "version"),
        (b"<TwistIepFile version='3.2'/>", "TwistIepAck"),
        (BYTES.replace(b"<TwistIepAck", b'<TwistIepAck xmlns="urn:x"'), "TwistIepAck"),
        (b'<!DOCTYPE a SYSTEM "b">' + document(HEAD), "DOCTYPE"),
        (BYTES.replace(b'"UTF-8"', b'"ISO-8859-1"'), "ISO-8859-1"),
        (BYTES[:-5], "not well-formed"),
        (document(HEAD.replace("FileId", "Other")), "FileId"),
        (document(HEAD.replace(STEM, "")), "FileId"),
        (document(HEAD.replace(STEM, f" {STEM}")), "FileId"),
        (document(HEAD.replace("000001", "000002")), "named after"),
        (document(HEAD.replace("-06:00", "")), "Received"),
        (document(HEAD.replace("2026-01-05T", "2026-02-30T")), "Received"),
        (document(HEAD.replace(">W<", ">w<")), "Status"),
        (document(HEAD.replace(">W<", "><")), "Status"),
        (document(HEAD + "<Status>W</Status>"), "Status"),
        (document(HEAD + PLAN.replace('"R"', '"X"')), "Customer[1]/@status"),
        (document(HEAD + PLAN.replace('status="R"', "")), "Customer[1]/@status"),
        (document(HEAD + PLAN.replace('"2"', '"0"')), "Customer[1]/@planVersion"),
        (document(HEAD + PLAN.replace('"2"', '"²"')), "Customer[1]/@planVersion"),
        (document(HEAD + PLAN.replace('"2"', '"12345678901"')), "Customer[1]/@planVersion"),
        (document(HEAD + PLAN * 2), "one plan twice"),
        (document(HEAD.replace(">W<", ">R<") + PLAN.replace('"R"', '"A"')), "whole file"),
    ],
)
def test_what_is_wrong_is_refused(data: bytes, expected: str) -> None:
    assert expected in refusal(data)


@pytest.mark.parametrize(
    "wrong",
    [
        {"batch": None},
        {"batch": ""},
        {"received": None},
        {"received": "yesterday"},
        {"sequence": 2},
        {"sequence": None},
        {"records_read": 3},
        {"closes_unnamed": True},
        {"status": "rejected", "answers": (Answer("P-1", 1, "rejected"),)},
        {"batch": "odd", "sequence": None, "part": 1},
        {"answers": (Answer("P-1", 1, "warnings", (Message("", "x", status="accepted"),)),)},
        {"answers": (Answer("P-1", 1, "warnings", participant=""),)},
    ],
)
def test_what_it_has_no_place_for_is_not_written(wrong: dict[str, object]) -> None:
    names = Acknowledgement.__dataclass_fields__
    values = {name: getattr(ANSWERED, name) for name in names}
    with pytest.raises(NotCarried):
        written("twist", Acknowledgement(**{**values, **wrong}))
