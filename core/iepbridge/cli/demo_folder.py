"""The demo's folder: cleared of what an earlier demo made there, and of nothing else.

    marked by a demo    what it made goes; what is not its own, and stands among it, is put aside
    any other folder    taken where it has nothing of the names that the demo needs

Files beside those are not looked at.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

from iepbridge.errors import Misuse
from iepbridge.sandbox.grounds import Grounds

_MARK: Final = ".iepbridge-demo"
_LOCK: Final = "lock"
_LEDGER: Final = ("iepbridge.db", "iepbridge.db-journal", "iepbridge.db-shm", "iepbridge.db-wal")
_JOURNAL: Final = "iepbridge.db.sent"
_FOLDERS: Final = (
    "answers",
    "keys",
    "offered",
    "plans",
    "received",
    "served",
    "taken",
    _JOURNAL,
)
_FILES: Final = ("book.jsonl", "iepbridge.toml", "known_hosts", "ledger.key", *_LEDGER)
_NOTED: Final = ("iepbridge.toml", "ledger.key", "plans/plans.jsonl")
"""What is the demo's only as long as nobody else has changed it."""

_SENT: Final = r"(?:[0-9]{6}-)?(?:TWIST_IEP_|ICC_IEP_|CWDSIEP\.|TBX_IEP_)[^/]+"
_MADE: Final = re.compile(
    "|".join(
        (
            r"book\.jsonl|known_hosts|iepbridge\.db(?:-journal|-shm|-wal)?",
            rf"{re.escape(_JOURNAL)}/out-[^/]+\.json",
            r"keys/(?:host|client)_ed25519",
            r"offered/[a-z]+",
            rf"(?:answers|taken)/[a-z]+/{_SENT}",
            rf"served/[a-z]+/(?:archive|inbound|outbound)/{_SENT}",
            r"received/[a-z]+_[A-Za-z0-9]+_[0-9]{8}_[0-9]{6}\.jsonl",
        )
    )
)
"""What only the program writes, by its path in the folder."""

_PORT: Final = re.compile(rb"(127\.0\.0\.1):[0-9]+/")


def prepare(folder: Path) -> Path | None:
    """Make the folder ready for a demo; give the folder that things were put aside in, if any.

    Raises `Misuse` where it cannot be, is in use, or holds what no demo made under its names.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / _MARK).is_file():
            _check_free(folder)
            _write_mark(folder, {})
            return None
        return _cleared(folder)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "it cannot be used"
        raise Misuse(f"--folder: {folder}: {reason}; name another folder.") from None


def note_made(folder: Path) -> None:
    """Write down how the files are that a person may change, so that a change is seen later."""
    there = [name for name in _NOTED if (folder / name).exists()]
    _write_mark(folder, {name: _digest(folder / name) for name in there})


def _write_mark(folder: Path, files: dict[str, str]) -> None:
    told = {"made by": "iepbridge demo", "files": files}
    mark = folder / _MARK
    mark.touch(mode=0o600)
    mark.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def _check_free(folder: Path) -> None:
    for name in (*_FOLDERS, *_FILES, _LOCK):
        if os.path.lexists(folder / name):
            raise Misuse(
                f"--folder: {folder} has {name}, which no demo made; it stays as it is. Name"
                " another folder."
            )


def _cleared(folder: Path) -> Path | None:
    """Take away what a demo made, while no sandbox is at work there."""
    try:
        lock = Grounds(folder).lock()
    except Misuse:
        raise Misuse(
            f"--folder: a sandbox is at work in {folder}. Stop it, or name another folder."
        ) from None
    try:
        return _take_away(folder)
    finally:
        os.close(lock)


def _take_away(folder: Path) -> Path | None:
    noted = _noted(folder)
    aside = next(own for n in count(1) if not os.path.lexists(own := folder / f"kept-{n}"))
    for path in list(_entries(folder)):
        if _is_made(path, path.relative_to(folder).as_posix(), noted):
            path.unlink()
        else:
            _put_aside(path, aside / path.relative_to(folder))
    return aside if aside.exists() else None


def _noted(folder: Path) -> dict[str, str]:
    """Give the digests that the mark has; none where it was written by someone else."""
    try:
        found = json.loads((folder / _MARK).read_bytes())["files"]
        return {str(name): str(digest) for name, digest in found.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}


def _entries(folder: Path) -> Iterator[Path]:
    """Give the files and links under the demo's names; links are not followed."""
    yield from (path for name in _FILES if os.path.lexists(path := folder / name))
    for own in map(folder.joinpath, _FOLDERS):
        if own.is_symlink() or own.is_file():
            yield own
            continue
        for place, folders, files in os.walk(own):
            here = Path(place)
            yield from (here / name for name in files)
            yield from (here / name for name in folders if (here / name).is_symlink())


def _is_made(path: Path, name: str, noted: dict[str, str]) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    if name in _NOTED:
        return noted.get(name) == _digest(path)
    return _MADE.fullmatch(name) is not None


def _put_aside(path: Path, to: Path) -> None:
    for above in reversed(to.parents):
        above.mkdir(mode=0o700, exist_ok=True)
    path.rename(to)


def _digest(path: Path) -> str:
    """Give the SHA-256 of a file; ports do not count, since each start of a sandbox sets them."""
    return hashlib.sha256(_PORT.sub(rb"\1/", path.read_bytes())).hexdigest()
