"""Toolbox's acknowledgement as its page has it, and what is refused."""

import pytest
from tests.plugins.acknowledgements import NAMES, RECEIVED, STEMS, read, written

from iepbridge.acknowledgement import Acknowledgement, Answer, Message, NotCarried
from iepbridge.errors import Unreadable

STEM = STEMS["toolbox"]
REASON = Message("E1", "Not in the list", "GoalsAndBarriers#goal-1")
ANSWERED = Acknowledgement(
    STEM,
    1,
    RECEIVED,
    "warnings",
    answers=(Answer("P-1", 1, "accepted"), Answer("P-2", 3, "rejected", (REASON,))),
)
BYTES = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<AckBatch xmlns="urn:iepbridge:toolbox:ack:2" sequence="000001" received="{RECEIVED}" \
result="Warnings">
  <Ack planRef="P-1" version="1" result="Accepted"/>
  <Ack planRef="P-2" version="3" result="Rejected">
    <Error code="E1" section="GoalsAndBarriers" ref="goal-1">Not in the list</Error>
  </Ack>
</AckBatch>
""".encode()
REFUSED = (
    f'<AckBatch xmlns="urn:iepbridge:toolbox:ack:2" sequence="000000" received="{RECEIVED}" '
    'result="Rejected"><Error code="X">Cut</Error></AckBatch>'
).encode()


def test_it_is_written_as_the_page_has_it() -> None:
    assert written("toolbox", ANSWERED) == BYTES
    assert read("toolbox", BYTES) == ANSWERED


def test_any_prefix_and_utf_16_are_read() -> None:
    prefixed = BYTES.replace(b"<", b"<a:").replace(b"<a:/", b"</a:").replace(b"<a:?", b"<?")
    assert read("toolbox", prefixed.replace(b"xmlns=", b"xmlns:a=")) == ANSWERED
    wide = BYTES.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    assert read("toolbox", wide) == ANSWERED


def test_a_refused_file_may_have_an_unknown_sequence() -> None:
    found = read("toolbox", REFUSED)
    assert (found.sequence, found.batch, found.messages) == (None, STEM, (Message("X", "Cut"),))
    assert written("toolbox", found).count(b"000000") == 1


@pytest.mark.parametrize(
    ("attributes", "place"),
    [
        ('section="Personal"', "Personal"),
        ('section="GoalsAndBarriers" ref="a#b"', "GoalsAndBarriers#a#b"),
        ('ref="g1"', "#g1"),
        ("", ""),
        ('section="Elsewhere"', "Elsewhere"),
    ],
)
def test_a_place_is_section_and_ref(attributes: str, place: str) -> None:
    data = REFUSED.replace(b'code="X"', f'code="X" {attributes}'.encode())
    assert read("toolbox", data).messages == (Message("X", "Cut", place),)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("ack:2", "iep:2", "AckBatch in urn:iepbridge:toolbox:ack:2"),
        ("AckBatch", "Acks", "AckBatch"),
        ('<?xml version="1.0" encoding="UTF-8"?>', "<!DOCTYPE a>", "DOCTYPE"),
        ('sequence="000001" ', "", "@sequence"),
        ('"000001"', '"1"', "@sequence"),
        ('"000001"', '"000000"', "@sequence"),
        ('"000001"', '"000002"', "named after"),
        (f'received="{RECEIVED}" ', "", "@received"),
        ("T02:00:00", "", "@received"),
        ('result="Warnings"', "", "@result"),
        ('"Warnings"', '"W"', "@result"),
        ('"Accepted"', '"accepted"', "Ack[1]/@result"),
        ('planRef="P-1" ', "", "Ack[1]/@planRef"),
        ('"P-1"', '""', "Ack[1]/@planRef"),
        ('version="3" ', "", "Ack[2]/@version"),
        ('version="3"', 'version="-3"', "Ack[2]/@version"),
        ('"P-2"', '"P-1"', "one plan twice"),
        ('"Warnings"', '"Rejected"', "whole file"),
        ("</AckBatch>", "", "cut"),
    ],
)
def test_what_is_wrong_is_refused(old: str, new: str, expected: str) -> None:
    data = BYTES.decode().replace(old, new).encode()
    with pytest.raises(Unreadable) as caught:
        read("toolbox", data, NAMES["toolbox"])
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"received": None},
        {"sequence": None},
        {"batch": "odd"},
        {"records_read": 3},
        {"closes_unnamed": True},
        {"messages": (Message("E1", "Late"),)},
        {"status": "rejected", "messages": (Message("E1", "x"),)},
        {"answers": (Answer(None, 1, "rejected"),)},
        {"answers": (Answer("P-1", None, "rejected"),)},
        {"answers": (Answer("P-1", 1, "rejected", participant="7"),)},
        {"answers": (Answer("P-1", 1, "rejected", (Message("", "x"),)),)},
        {"answers": (Answer("P-1", 1, "rejected", (Message("E", "x", "Elsewhere"),)),)},
        {"answers": (Answer("P-1", 1, "rejected", (Message("E", "x", "Personal#"),)),)},
    ],
)
def test_what_it_has_no_place_for_is_not_written(wrong: dict[str, object]) -> None:
    values = {name: getattr(ANSWERED, name) for name in Acknowledgement.__dataclass_fields__}
    with pytest.raises(NotCarried):
        written("toolbox", Acknowledgement(**{**values, **wrong}))
