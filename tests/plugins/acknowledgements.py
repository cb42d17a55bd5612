"""Acknowledgements that each system can carry, for hypothesis, and small ones for everybody."""

import io
from dataclasses import replace
from types import ModuleType
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from tests.strategies import MARKUP, PLAIN, SPACE, UNICODE

import iepbridge_cwds.acknowledgement as cwds
import iepbridge_icc.acknowledgement as icc
import iepbridge_toolbox.acknowledgement as toolbox
import iepbridge_twist.acknowledgement as twist
from iepbridge.acknowledgement import Acknowledgement, Answer, Message
from iepbridge_cwds.acknowledgement_records import cell

SYSTEMS: dict[str, ModuleType] = {"twist": twist, "toolbox": toolbox, "icc": icc, "cwds": cwds}
STEMS = {
    "twist": "TWIST_IEP_GCWS_20260105_000001",
    "toolbox": "TBX_IEP_GCWS_20260105_000001",
    "icc": "ICC_IEP_GCWS_20260105_000001",
    "cwds": "CWDSIEP.GCWS.20260105.000001",
}
NAMES = {
    "twist": "TWIST_IEP_GCWS_20260105_000001.ack.xml",
    "toolbox": "TBX_IEP_GCWS_20260105_000001_ack.xml",
    "icc": "ICC_IEP_GCWS_20260105_000001_RESULT.txt",
    "cwds": "CWDSIEP.GCWS.20260105.000001.ack",
}
RECEIVED = "2026-01-05T02:00:00-06:00"
WORSE = {"accepted": 0, "warnings": 1, "rejected": 2}

_FRAGMENTS = (*PLAIN, *(one for one in SPACE if one != "\x85"), *MARKUP, *UNICODE)
_CODE_PAGE = tuple(
    one for one in _FRAGMENTS if one.encode("cp1252", "ignore").decode("cp1252") == one
)


def texts(fragments: tuple[str, ...] = _FRAGMENTS, most: int = 8) -> SearchStrategy[str]:
    """Draw texts, empty ones too."""
    return st.lists(st.sampled_from(fragments), max_size=most).map("".join)


def in_bytes(most: int) -> SearchStrategy[str]:
    """Draw texts of windows-1252 that fit into a field."""
    return texts(_CODE_PAGE, 6).filter(lambda text: len(cell(text)) <= most)


def written(system: str, acknowledgement: Acknowledgement) -> bytes:
    """Write an acknowledgement."""
    stream = io.BytesIO()
    SYSTEMS[system].write_acknowledgement(acknowledgement, stream)
    return stream.getvalue()


def read(system: str, data: bytes, name: str | None = None) -> Acknowledgement:
    """Read an acknowledgement under its own name, or under another one."""
    module = SYSTEMS[system]
    return module.read_acknowledgement(io.BytesIO(data), NAMES[system] if name is None else name)


def name_of(system: str, acknowledgement: Acknowledgement) -> str:
    """Give the name under which an acknowledgement travels."""
    if acknowledgement.batch is None:
        return "-"
    module = SYSTEMS[system]
    file_name = f"{acknowledgement.batch}{module.NAMES.ending}"
    return module.acknowledgement_name(file_name, acknowledgement.part)


@st.composite
def acknowledgements(draw: st.DrawFn, system: str) -> Acknowledgement:
    """Draw an acknowledgement that a system can carry."""
    kit = _KITS[system]
    status = draw(st.sampled_from(["accepted", "warnings", "rejected"]))
    answers = draw(_answers(kit, status))
    messages = draw(st.lists(kit["file message"], max_size=kit["file messages"]))
    if status == "rejected" and not messages:
        messages = [Message("", "why") if system == "cwds" else Message("X-1", "why")]
    if status != "rejected" and system == "toolbox":
        messages = []
    named = draw(st.booleans()) or system == "twist"
    made = Acknowledgement(
        batch=STEMS[system] if named else None,
        sequence=1,
        received=RECEIVED if system in ("twist", "toolbox") else None,
        status=status,
        messages=tuple(messages),
        answers=tuple(answers),
        records_read=draw(st.integers(1, 9_999_999)) if system == "cwds" else None,
        part=draw(st.none() | st.integers(1, 999_999)) if named else None,
    )
    if status == "rejected" and system != "twist":
        made = replace(made, sequence=draw(st.none() | st.just(1)))
    return draw(_with_rows(made)) if system == "icc" else made


def _answers(kit: dict[str, Any], status: str) -> SearchStrategy[list[Answer]]:
    if status == "rejected" and not kit["answers when refused"]:
        return st.just([])
    statuses = {"accepted": ["accepted"], "rejected": ["rejected"]}.get(status, list(WORSE))
    ids = st.text("abcXYZ019-_", min_size=1, max_size=36)
    if kit["nameless"]:
        ids = st.none() | ids
    one = st.builds(
        Answer,
        ids,
        kit["version"],
        st.sampled_from(statuses),
        st.lists(kit["message"], max_size=3).map(tuple),
        kit["participant"],
    )
    return st.lists(one, max_size=4, unique_by=lambda a: a.plan_id or object())


@st.composite
def _with_rows(draw: st.DrawFn, made: Acknowledgement) -> Acknowledgement:
    """Give some of the messages a status of their own, and plans without a row theirs."""
    answers = tuple(
        replace(one, messages=tuple(draw(_milder(m, one.status)) for m in one.messages))
        for one in made.answers
    )
    closes = made.batch is not None and made.part is None and made.status != "rejected"
    made = replace(made, answers=answers, closes_unnamed=closes)
    is_clean = all(one.status == "accepted" for one in answers)
    if made.status == "warnings" and is_clean and not made.messages:
        return replace(made, messages=(Message("", "why", "PLAN.txt:4", "rejected"),))
    return made


def _milder(message: Message, status: str) -> SearchStrategy[Message]:
    milder = [one for one in WORSE if WORSE[one] < WORSE[status]]
    statuses = st.sampled_from([None, *milder])
    return statuses.map(lambda own: replace(message, status=own))


def _messages(code: Any, text: Any, place: Any) -> SearchStrategy[Message]:
    return st.builds(Message, code, text, place).filter(lambda one: one.code or one.text)


_XML_MESSAGES = _messages(texts(), texts(), texts())
_TOOLBOX_PLACES = st.sampled_from(["", "Personal", "GoalsAndBarriers"]).flatmap(
    lambda section: st.just(section) | texts().filter(bool).map(lambda ref: f"{section}#{ref}")
)
_TOOLBOX_MESSAGES = _messages(texts().filter(bool), texts(), _TOOLBOX_PLACES)
_ICC_PLACES = st.sampled_from(["", "PLAN.txt", "SERVICE", "GOAL.txt:3", "CASENOTE:999999999", ":7"])
_ICC_MESSAGES = _messages(texts(), texts(), _ICC_PLACES)
_CWDS_FIELDS = in_bytes(20).map(lambda field: f"/{field}" if field else "")
_CWDS_PLACES = st.builds("{:06}{}".format, st.integers(0, 999_999), _CWDS_FIELDS).map(
    lambda place: "" if place == "000000" else place
)
_VERSIONS = st.none() | st.integers(1, 999_999_999)
_KITS: dict[str, dict[str, Any]] = {
    "twist": {
        "message": _XML_MESSAGES,
        "file message": _XML_MESSAGES,
        "file messages": 3,
        "version": _VERSIONS,
        "nameless": True,
        "participant": st.none() | st.text("0123456789", min_size=1, max_size=9),
        "answers when refused": False,
    },
    "toolbox": {
        "message": _TOOLBOX_MESSAGES,
        "file message": _TOOLBOX_MESSAGES,
        "file messages": 3,
        "version": st.integers(1, 999_999_999),
        "nameless": False,
        "participant": st.none(),
        "answers when refused": False,
    },
    "icc": {
        "message": _ICC_MESSAGES,
        "file message": _ICC_MESSAGES,
        "file messages": 3,
        "version": _VERSIONS,
        "nameless": False,
        "participant": st.none(),
        "answers when refused": True,
    },
    "cwds": {
        "message": _messages(in_bytes(16), in_bytes(70), _CWDS_PLACES),
        "file message": in_bytes(100).filter(bool).map(lambda text: Message("", text)),
        "file messages": 1,
        "version": st.none() | st.integers(1, 9_999),
        "nameless": True,
        "participant": st.none(),
        "answers when refused": False,
    },
}
