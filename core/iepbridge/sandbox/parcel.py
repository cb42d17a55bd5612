"""What a reader of the sandbox finds in a file: who sent it, its plans, what is wrong with each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class FileRefused(Exception):
    """The whole file is refused; `code` and `text` say why, and show no value."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        self.text = text
        super().__init__(f"{code}: {text}")


class Spot(NamedTuple):
    """A place in a file as its system's answers name it.

    TWIST: a path. Toolbox: section and ref. ICC: member and row. CWDS: record number and field.
    """

    place: str = ""
    part: str = ""


class Fault(NamedTuple):
    """What is wrong with one plan; a warning lets it pass."""

    code: str
    text: str
    spot: Spot = Spot()
    warning: bool = False


@dataclass(frozen=True, slots=True)
class FoundPlan:
    """One plan of a file.

    `digest` is that of its content wherever it stands in a file; `participant` the system's own
    number for the person; `spot` what an answer about the whole plan points at. An id or version
    that the file does not state is empty, None.
    """

    plan_id: str
    version: int | None
    digest: str
    spot: Spot
    participant: str = field(default="", repr=False)
    faults: tuple[Fault, ...] = ()


class Envelope(NamedTuple):
    """Who sent a file to whom; `day` is that of the created time in its own offset, `YYYYMMDD`."""

    sender: str
    receiver: str
    sequence: int
    day: str


class Parcel(NamedTuple):
    """A file that was read: its envelope, its plans in order, how many records it has."""

    envelope: Envelope
    plans: Sequence[FoundPlan]
    records: int
