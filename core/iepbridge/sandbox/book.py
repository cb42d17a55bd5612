"""The sandbox's own list: each file that came, each plan in it, each answer; JSON Lines.

    {"kind": "file", ...}    a file was read, or is kept until its turn; a later line replaces it
    {"kind": "again", ...}   the same bytes came again under the same name
    {"kind": "answer", ...}  an answer was put out

Ids, digests and dates, no content; a line is written before anything follows from it.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from iepbridge.errors import Misuse

KEPT: Final = "kept"
"""The result of a file that waits for its turn."""


@dataclass(frozen=True, slots=True)
class BookedPlan:
    """A plan in a file: `result` is accepted, warnings or rejected; `codes` say why."""

    plan_id: str
    version: int | None
    result: str
    digest: str
    codes: tuple[str, ...] = ()
    by_chance: bool = False


@dataclass(frozen=True, slots=True)
class Answering:
    """An answer that a file gets: its name, and the pickup that puts it out."""

    name: str
    due: int


@dataclass(frozen=True, slots=True)
class BookedFile:
    """A file: `result` is that of the whole, or `kept`; `why` says what is wrong with the whole.

    `again` counts how often the same bytes came later; `answered` names the answers put out.
    """

    system: str
    name: str
    sha256: str
    size: int
    pickup: int
    result: str
    sender: str
    receiver: str
    sequence: int
    marks: tuple[str, ...]
    """What tells apart the times that it came: inode and time."""
    why: str = ""
    plans: tuple[BookedPlan, ...] = ()
    answers: tuple[Answering, ...] = ()
    again: int = 0
    answered: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it this file: system, name and bytes."""
        return self.system, self.name, self.sha256

    @property
    def due(self) -> tuple[Answering, ...]:
        """The answers that are still to be put out."""
        return self.answers[len(self.answered) :]


_NOT_WRITTEN: Final = frozenset({"again", "answered"})


@dataclass
class Book:
    """The list, in memory and in its file, which it is read from again."""

    path: Path
    files: dict[tuple[str, str, str], BookedFile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.exists():
            for row in self._rows():
                self._take(row)

    def _rows(self) -> Iterator[dict[str, Any]]:
        for number, line in enumerate(self.path.read_bytes().split(b"\n"), start=1):
            if line:
                try:
                    yield json.loads(line)
                except ValueError:
                    raise Misuse(
                        f"{self.path}:{number}: no line of the sandbox's list. Give another --root,"
                        " or remove the folder to begin anew."
                    ) from None

    def _take(self, row: dict[str, Any]) -> None:
        key = (row["system"], row["name"], row["sha256"])
        if row.pop("kind") == "file":
            plans = tuple(
                BookedPlan(**{**one, "codes": tuple(one["codes"])}) for one in row.pop("plans")
            )
            answers = tuple(Answering(**one) for one in row.pop("answers"))
            marks = tuple(row.pop("marks"))
            self.files[key] = BookedFile(**row, plans=plans, answers=answers, marks=marks)
        elif "answer" in row:
            known = self.files[key]
            self.files[key] = replace(known, answered=(*known.answered, row["answer"]))
        else:
            known = self.files[key]
            answers = tuple(Answering(**one) for one in row["answers"])
            whole = (*known.answers, *answers)
            marks = (*known.marks, row["mark"])
            self.files[key] = replace(known, again=known.again + 1, answers=whole, marks=marks)

    def add(self, file: BookedFile) -> None:
        """Write down a file that was read, or is kept."""
        row = {name: value for name, value in asdict(file).items() if name not in _NOT_WRITTEN}
        self._write({"kind": "file", **row})
        self.files[file.key] = file

    def again(self, file: BookedFile, mark: str, answers: tuple[Answering, ...]) -> None:
        """Write down that a file came again, and the answers that it gets once more."""
        self._tell("again", file, mark=mark, answers=[asdict(one) for one in answers])

    def answered(self, file: BookedFile, answer: str, pickup: int) -> None:
        """Write down that an answer was put out."""
        self._tell("answer", file, answer=answer, pickup=pickup)

    def _tell(self, kind: str, file: BookedFile, **more: Any) -> None:
        row = {"kind": kind, "system": file.system, "name": file.name, "sha256": file.sha256}
        self._write({**row, **more})
        self._take({**row, **more})

    def _write(self, row: dict[str, Any]) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with open(os.open(self.path, flags, 0o600), "ab") as file:  # noqa: PTH123  0600 from the start
            file.write(json.dumps(row, separators=(",", ":")).encode() + b"\n")
