"""Texts that only say that the customer takes part in something: the word list of TX-05."""

import re
from typing import Final

_FORMS: Final = (
    "participate participates participated participating participation "
    "attend attends attended attending attendance "
    "enrol enrols enroll enrolls enrolled enrolling "
    "enrolment enrolments enrollment enrollments"
)
_FILLERS: Final = (
    "a an the and or in at of to for with on by into is be will shall must should can has have "
    "been being that this their his her its all any every each customer client participant "
    "participants student learner he she they person program programs programme activity "
    "activities class classes course courses training trainings session sessions workshop "
    "workshops service services school education college job search work orientation meeting "
    "meetings group assessment planning career regularly actively fully successfully daily weekly "
    "required scheduled"
)
_PARTICIPATING: Final = frozenset(_FORMS.split())
_ALLOWED: Final = _PARTICIPATING.union(_FILLERS.split())
_APOSTROPHES: Final = "'\u2019\u2018\u02bc"
# A word with a digit in it is in no list, so that a text with one never fits.
_WORD: Final = re.compile(r"[^\W_]+")


def mentions_participating(text: str) -> bool:
    """Say whether a text may have one of the words that tell of taking part."""
    lowered = text.lower()
    return "participat" in lowered or "attend" in lowered or "enrol" in lowered


def only_participates(text: str) -> bool:
    """Say whether a text says no more than that somebody participates, attends or enrols."""
    participates = False
    for found in _WORD.finditer(_without_apostrophes(text.lower())):
        if found[0] not in _ALLOWED:
            return False
        participates = participates or found[0] in _PARTICIPATING
    return participates


def _without_apostrophes(text: str) -> str:
    for one in _APOSTROPHES:
        text = text.replace(one, "")
    return text
