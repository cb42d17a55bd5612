"""The files of a mapping: a deployment's overlay wins over the plugin's own, file by file."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from iepbridge.errors import Misuse

MAPPING: Final = "mapping.toml"
FIELDS: Final = "fields.csv"
CODES: Final = "codes.csv"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a mapping as it was found, with the SHA-256 of its bytes."""

    name: str
    path: Path
    text: str
    digest: str


def shipped_folder(system: str) -> Path:
    """Say where the mapping that ships with the program stands (wheel, else checkout)."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "mappings" / system
    return installed if installed.is_dir() else package.parents[1] / "mappings" / system


def find_files(system: str, folder: Path, overlays: Sequence[Path]) -> dict[str, SourceFile]:
    """Find each file of a mapping: the first overlay that has it, else the folder given.

    An overlay holds a folder named after the system.
    """
    if not folder.is_dir():
        raise Misuse(f"The mapping of {system} is not there: {folder} is no folder.")
    places = [*(overlay / system for overlay in overlays), folder]
    names = sorted({file.name for place in places for file in _files(place)})
    return {name: _read(_first(name, places)) for name in names}


def digest_of(files: Iterable[SourceFile]) -> str:
    """Give one SHA-256, in hexadecimal, for all files of a mapping: their names and bytes."""
    told = "".join(f"{file.name} {file.digest}\n" for file in files)
    return hashlib.sha256(told.encode()).hexdigest()


def _files(place: Path) -> Iterable[Path]:
    if not place.is_dir():
        return ()
    return (file for file in place.iterdir() if file.suffix in (".toml", ".csv") and file.is_file())


def _first(name: str, places: Sequence[Path]) -> Path:
    return next(place / name for place in places if (place / name).is_file())


def _read(path: Path) -> SourceFile:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Misuse(f"{path}: not UTF-8; save the file as UTF-8 text.") from None
    return SourceFile(path.name, path, text, hashlib.sha256(content).hexdigest())
