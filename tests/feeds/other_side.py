"""The other side of a feed: what it finds in its folders, by readers of its own; what it answers.

Shares no code with the readers of the product.
"""

import io
import threading
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from lxml import etree
from tests.feeds.site import Ref, registry
from tests.oracles import check_cwds, check_icc, check_toolbox, check_twist

from iepbridge.acknowledgement import Acknowledgement, Answer, Message, Status

PATTERNS = {
    "twist": "TWIST_IEP_*.xml",
    "toolbox": "TBX_IEP_*[0-9].xml",
    "icc": "ICC_IEP_*.zip",
    "cwds": "CWDSIEP.*.dat",
}
"""The names of plan files."""
ANSWERS = {
    "twist": "TWIST_IEP_*.ack.xml",
    "toolbox": "TBX_IEP_*_ack.xml",
    "icc": "ICC_IEP_*_RESULT.txt",
    "cwds": "CWDSIEP.*.ack",
}
"""The names of files with answers."""
CHECKS: dict[str, Callable[[Any], list[str]]] = {
    "twist": check_twist.check,
    "toolbox": check_toolbox.check,
    "icc": check_icc.check,
    "cwds": check_cwds.check,
}
RECEIVED = "2026-11-02T02:10:00+00:00"
_XML = {"twist": ("planRef", "planVersion"), "toolbox": ("planRef", "version")}


def found_in(system: str, content: bytes) -> list[Ref]:
    """Give the ids and versions of the plans in a file, in order."""
    if system in _XML:
        plan_id, version = _XML[system]
        every = etree.fromstring(content).iter(etree.Element)
        return [(str(e.get(plan_id)), int(e.get(version, 0))) for e in every if e.get(plan_id)]
    if system == "icc":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            rows = archive.read("PLAN.txt").decode("utf-8-sig").splitlines()[1:]
        return [(row.split("|")[0], int(row.split("|")[1])) for row in rows]
    records = [content[at : at + 300] for at in range(0, len(content), 302)]
    plans = [one.decode("cp1252") for one in records if one.startswith(b"10")]
    return [(one[8:44].rstrip(), int(one[44:48])) for one in plans]


def files_in(folder: Path) -> dict[str, bytes]:
    """Give the files that stand in a folder, under whatever name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def arrived(system: str, folder: Path) -> list[Ref]:
    """Give the plans of all files in a folder; each file is one that its document allows."""
    found: list[Ref] = []
    for path in sorted(folder.glob(PATTERNS[system])):
        assert CHECKS[system](path) == []
        found += found_in(system, path.read_bytes())
    return found


def answer(
    system: str,
    folder: Path,
    file: str,
    plans: Mapping[Ref, Status] | Iterable[Ref],
    part: int | None = None,
) -> str:
    """Answer a file plan by plan, as its system does; give the answer's name."""
    statuses = plans if isinstance(plans, Mapping) else dict.fromkeys(plans, "accepted")
    adapter = registry().adapter(system)
    assert adapter.acknowledgements is not None
    name = adapter.acknowledgements.name(file, part)
    told = adapter.acknowledgements.answered(name)
    assert told is not None
    assert told.batch is not None
    content = io.BytesIO()
    adapter.acknowledgements.write(_answers(system, told.batch, statuses, part), content)
    (folder / name).write_bytes(content.getvalue())
    return name


def _answers(
    system: str, batch: str, statuses: Mapping[Ref, Status], part: int | None
) -> Acknowledgement:
    said = [_answer(ref, status) for ref, status in statuses.items()]
    return Acknowledgement(
        batch=batch,
        sequence=int(batch[-6:]),
        received=RECEIVED if system in _XML else None,
        status="accepted" if set(statuses.values()) <= {"accepted"} else "warnings",
        answers=tuple(said),
        records_read=len(said) if system == "cwds" else None,
        part=part,
        closes_unnamed=system == "icc" and part is None,
    )


def _answer(ref: Ref, status: Status) -> Answer:
    why = () if status == "accepted" else (Message("E-17", "made up for a test"),)
    return Answer(ref[0], ref[1], status, why)


class Taker(threading.Thread):
    """Moves files with final names out of a folder as soon as it sees them."""

    def __init__(self, folder: Path, away: Path, pattern: str) -> None:
        super().__init__(daemon=True)
        self._folder, self._away, self._pattern = folder, away, pattern
        self._ended = threading.Event()
        self.taken = 0

    def run(self) -> None:
        """Take until the end."""
        while not self._ended.wait(0.0005):
            self._take()
        self._take()

    def _take(self) -> None:
        for path in self._folder.glob(self._pattern):
            with suppress(FileNotFoundError):
                path.rename(self._away / f"{self.taken:04}-{path.name}")
                self.taken += 1

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()
