"""The four systems that the sandbox plays: how each names, reads and answers files."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple

from iepbridge.sandbox import cwds, icc, toolbox, twist
from iepbridge.sandbox.answers_in_text import write_cwds, write_icc
from iepbridge.sandbox.answers_in_xml import write_toolbox, write_twist
from iepbridge.sandbox.parcel import Parcel
from iepbridge.sandbox.reply import Reply

_STEM: Final = (
    r"(?P<stem>{}(?P<sender>[A-Za-z0-9]{{1,8}}){}(?P<day>[0-9]{{8}}){}(?P<sequence>[0-9]{{6}})){}"
)


class Named(NamedTuple):
    """What a file's name says."""

    stem: str
    sender: str
    day: str
    sequence: int


@dataclass(frozen=True)
class System:
    """A system: its name, its state and the envelope's name of its receiver; its files."""

    name: str
    state: str
    receiver: str
    form: re.Pattern[str]
    ending: str
    answer_ending: str
    pattern: str
    """The shell's pattern of its files"""
    read: Callable[[BinaryIO], Parcel]
    write: Callable[[Reply], bytes]

    def named(self, name: str) -> Named | None:
        """Take a file's name apart, None for what is no name of the system's files."""
        match = self.form.fullmatch(name)
        if match is None or match["sequence"] == "000000":
            return None
        return Named(match["stem"], match["sender"], match["day"], int(match["sequence"]))

    def file_name(self, sender: str, day: str, sequence: int) -> str:
        """Name a file of the system."""
        begin, between = _SHAPES[self.name]
        return f"{begin}{sender}{between}{day}{between}{sequence:06}{self.ending}"

    def answer_name(self, stem: str, part: int | None = None) -> str:
        """Name the answer to a file, or a part of it."""
        number = "" if part is None else f".{part}"
        return f"{stem}{number}{self.answer_ending}"

    @property
    def answer_pattern(self) -> str:
        """Give the shell's pattern of its acknowledgements."""
        return f"{_SHAPES[self.name][0]}*{self.answer_ending}"


_SHAPES: Final = {
    "twist": ("TWIST_IEP_", "_"),
    "icc": ("ICC_IEP_", "_"),
    "cwds": ("CWDSIEP.", "."),
    "toolbox": ("TBX_IEP_", "_"),
}
"""What a file's name begins with, and what stands between its parts."""


def _system(
    name: str,
    state: str,
    receiver: str,
    endings: tuple[str, str],
    read: Callable[[BinaryIO], Parcel],
    write: Callable[[Reply], bytes],
) -> System:
    begin, between = _SHAPES[name]
    ending, answer_ending = endings
    parts = (begin, between, between, ending)
    form = re.compile(_STEM.format(*map(re.escape, parts)))
    digits = "[0-9]" * 6
    pattern = f"{begin}*{between}{digits}{ending}"
    return System(name, state, receiver, form, ending, answer_ending, pattern, read, write)


SYSTEMS: Final = {
    one.name: one
    for one in (
        _system("twist", "texas", "TWC", (".xml", ".ack.xml"), twist.read, write_twist),
        _system("icc", "indiana", "DWD", (".zip", "_RESULT.txt"), icc.read, write_icc),
        _system("cwds", "pennsylvania", "CWDS", (".dat", ".ack"), cwds.read, write_cwds),
        _system("toolbox", "missouri", "OWD", (".xml", "_ack.xml"), toolbox.read, write_toolbox),
    )
}
"""The systems by name."""
