"""Files taken in and answered: once each, in sequence, by seed, in the manner asked for.

inbound, or taken --pickup--> read --> book --> answers --when due--> outbound
                               `-- out of sequence: kept until its turn
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from iepbridge.sandbox.book import KEPT, Answering, Book, BookedFile, BookedPlan
from iepbridge.sandbox.grounds import Grounds, put
from iepbridge.sandbox.parcel import Fault, FileRefused, Parcel
from iepbridge.sandbox.reply import REJECTED, Reply, Said, worst
from iepbridge.sandbox.systems import SYSTEMS, Named, System
from iepbridge.sandbox.verdicts import Verdicts

_HIGHEST: Final = 999_999
_Channel: TypeAlias = tuple[str, str, str]
"""System, sender, receiver."""


class Manner(NamedTuple):
    """How answers go out: in parts, each twice."""

    parts: bool = False
    twice: bool = False


class _Arrived(NamedTuple):
    """A file that lies there."""

    system: System
    named: Named
    path: Path
    name: str
    mark: str


class Office:
    """Takes in what lies in the grounds and answers it; for one thread at a time."""

    def __init__(
        self, grounds: Grounds, verdicts: Verdicts, manner: Manner, clock: Callable[[], datetime]
    ) -> None:
        self._grounds = grounds
        self._verdicts = verdicts
        self._manner = manner
        self._clock = clock
        self.book = Book(grounds.book)
        self._known: dict[tuple[str, str, str], tuple[str, str, str]] = {}
        self._last: dict[_Channel, int] = {}
        self._refused_before: dict[tuple[str, str], str] = {}
        self._owing: dict[tuple[str, str, str], None] = {}
        self._pickup = 0
        for file in self.book.files.values():
            self._remember(file)

    @property
    def owes(self) -> bool:
        """Say whether an answer is still to be put out."""
        return bool(self._owing)

    def pickup(self, is_whole: Callable[[Path], bool]) -> list[BookedFile]:
        """Take in what has come, put out what is due; give the files that were read, or kept."""
        self._pickup += 1
        read: list[BookedFile] = []
        while found := [*filter(None, map(self._if_there, self._arrived(is_whole)))]:
            read += found
        self._put_out()
        return read

    def _arrived(self, is_whole: Callable[[Path], bool]) -> Iterator[_Arrived]:
        for system in SYSTEMS.values():
            for name, path in self._grounds.arrived(system.name):
                named = system.named(name)
                if named is not None and is_whole(path):
                    with suppress(FileNotFoundError):
                        yield _Arrived(system, named, path, name, _mark(path))

    def _if_there(self, arrived: _Arrived) -> BookedFile | None:
        with suppress(FileNotFoundError):  # a client took it away meanwhile
            return self._receive(arrived)
        return None

    def _receive(self, arrived: _Arrived) -> BookedFile | None:
        """Take in one file; None where nothing about it is new."""
        key = self._known.get((arrived.system.name, arrived.name, arrived.mark))
        if key is not None and not self._is_due(self.book.files[key]):
            return None
        digest = _sha256(arrived.path)
        known = self.book.files.get((arrived.system.name, arrived.name, digest))
        if known is not None and known.result != KEPT:
            self._again(known, arrived.mark)
            return None
        found = self._read(arrived)
        booked = self._booked(arrived, digest, found)
        reason = self._out_of_turn(booked)
        if not reason:
            return self._answer(arrived, booked, found)
        kept = replace(booked, result=KEPT, why=reason)
        self._note(kept)
        return kept

    def _is_due(self, file: BookedFile) -> bool:
        return file.result == KEPT and not self._out_of_turn(file)

    def _again(self, known: BookedFile, mark: str) -> None:
        """Answer a file once more; it was applied, and is not applied again."""
        names = dict.fromkeys(one.name for one in known.answers)
        answers = tuple(Answering(name, self._pickup) for name in names)
        self.book.again(known, mark, answers)
        self._known[known.system, known.name, mark] = known.key
        self._owing[known.key] = None

    def _read(self, arrived: _Arrived) -> Parcel | FileRefused:
        try:
            with arrived.path.open("rb") as stream:
                parcel = arrived.system.read(stream)
        except FileRefused as refusal:
            return refusal
        own, named = parcel.envelope, arrived.named
        if (own.sender, own.day, own.sequence) != (named.sender, named.day, named.sequence):
            return FileRefused("NAME", "The file's name is not that of its envelope.")
        return parcel

    def _booked(self, arrived: _Arrived, digest: str, found: Parcel | FileRefused) -> BookedFile:
        named, system = arrived.named, arrived.system.name
        receiver = (
            found.envelope.receiver if isinstance(found, Parcel) else self._receiver(system, named)
        )
        size = arrived.path.stat().st_size
        return BookedFile(
            system,
            arrived.name,
            digest,
            size,
            self._pickup,
            REJECTED,
            named.sender,
            receiver,
            named.sequence,
            (arrived.mark,),
        )

    def _receiver(self, system: str, named: Named) -> str:
        """Guess whom a file was for that cannot be read: one who is due a file of this number."""
        channels = [one for one in self._last if one[:2] == (system, named.sender)]
        due = [one for one in channels if _next(self._last[one]) == named.sequence]
        return (due or channels or [("", "", "")])[0][2]

    def _out_of_turn(self, file: BookedFile) -> str:
        """Say why a file has to wait; empty where it is its turn, or the first of its sender."""
        last = self._last.get((file.system, file.sender, file.receiver))
        if last is None or file.sequence == _next(last):
            return ""
        ahead = (file.sequence - _next(last)) % _HIGHEST
        what = "a gap" if ahead < _HIGHEST // 2 else "a repeat"
        return f"{what}: {_next(last):06} is due"

    def _note(self, file: BookedFile) -> None:
        self.book.add(file)
        self._remember(file)

    def _remember(self, file: BookedFile) -> None:
        """Keep in mind what the book says: files known, numbers used, plans rejected by chance."""
        self._pickup = max(self._pickup, file.pickup)
        for mark in file.marks:
            self._known[file.system, file.name, mark] = file.key
        if file.due:
            self._owing[file.key] = None
        if file.result == KEPT:
            return
        self._last[file.system, file.sender, file.receiver] = file.sequence
        for plan in file.plans:
            if plan.by_chance:
                self._refused_before[file.system, plan.plan_id] = plan.digest

    def _answer(
        self, arrived: _Arrived, booked: BookedFile, found: Parcel | FileRefused
    ) -> BookedFile:
        system = arrived.system
        reply = self._reply(arrived, found)
        names = []
        for one in self._parts(system, reply):
            names.append(system.answer_name(one.stem, one.part))
            put(self._grounds.answer(system.name, names[-1]), system.write(one))
        why = f"{found.code}: {found.text}" if isinstance(found, FileRefused) else ""
        answered = replace(
            booked,
            result=reply.result,
            why=why,
            plans=tuple(map(_booked_plan, reply.said)),
            answers=self._schedule(system.name, arrived.name, names),
        )
        self._note(answered)
        return answered

    def _reply(self, arrived: _Arrived, found: Parcel | FileRefused) -> Reply:
        stem, sequence = arrived.named.stem, arrived.named.sequence
        received = self._clock().isoformat(timespec="seconds")
        if isinstance(found, FileRefused):
            fault = Fault(found.code, found.text)
            return Reply(stem, sequence, received, REJECTED, faults=(fault,))
        system = arrived.system.name
        said = tuple(
            self._verdicts.plan(system, one, self._refused_before.get((system, one.plan_id)))
            for one in found.plans
        )
        return Reply(stem, sequence, received, worst(said), found.records, said)

    def _parts(self, system: System, reply: Reply) -> list[Reply]:
        if not self._manner.parts or reply.result == REJECTED:
            return [reply]
        count = self._verdicts.parts(system.name, reply.stem, len(reply.said))
        return [replace(reply, said=reply.said[at::count], part=at + 1) for at in range(count)]

    def _schedule(self, system: str, name: str, names: Sequence[str]) -> tuple[Answering, ...]:
        """Say when each answer goes out: parts one pickup after the other, repeats after one."""
        first = self._pickup + self._verdicts.delay(system, name)
        once = [Answering(answer, first + at) for at, answer in enumerate(names)]
        twice = [Answering(one.name, one.due + 1) for one in once if self._manner.twice]
        return tuple(sorted([*once, *twice], key=lambda one: one.due))

    def _put_out(self) -> None:
        for key in list(self._owing):
            file = self.book.files[key]
            for one in takewhile(lambda one: one.due <= self._pickup, file.due):
                content = self._grounds.answer(file.system, one.name).read_bytes()
                put(self._grounds.outbound(file.system) / one.name, content)
                self.book.answered(file, one.name, self._pickup)
            if not self.book.files[key].due:
                del self._owing[key]


def _next(last: int) -> int:
    return last % _HIGHEST + 1


def _mark(path: Path) -> str:
    """Tell apart the times that a file comes under one name."""
    told = path.stat()
    return f"{told.st_ino}-{told.st_mtime_ns}"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _booked_plan(said: Said) -> BookedPlan:
    plan = said.plan
    codes = tuple(dict.fromkeys(one.code for one in said.faults))
    return BookedPlan(plan.plan_id, plan.version, said.result, plan.digest, codes, said.by_chance)
