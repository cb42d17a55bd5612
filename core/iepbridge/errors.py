"""The errors that stop a command, as a tree by what the caller does next.

    IepbridgeError
    |-- Misuse           exit 2   mend the command line, the configuration or a mapping file
    |   `-- MappingMistakes       all mistakes of a mapping at once, by file and line
    |-- Unreadable       exit 3   the input is not what it was said to be; ask for another file
    `-- FirstProblem     exit 1   `--on-error fail` met its first held plan

Expected bad data inside one plan is a finding (`iepbridge.finding`), not an error. No message
carries a personal value; foreign errors are turned into these without their text or cause.
"""

from collections.abc import Sequence
from typing import ClassVar


class IepbridgeError(Exception):
    """Base of all errors of the program; its text is fit to be shown to an operator."""

    exit_code: ClassVar[int] = 2


class Misuse(IepbridgeError):
    """The command, the configuration or a mapping is wrong; nothing was read or sent."""

    exit_code: ClassVar[int] = 2


class MappingMistakes(Misuse):
    """The mistakes of one mapping: lines `file:line: what is wrong and what was expected`."""

    def __init__(self, system: str, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        count = len(self.mistakes)
        noun = "mistake" if count == 1 else "mistakes"
        super().__init__("\n".join([f"{count} {noun} in the mapping of {system}:", *mistakes]))


class Unreadable(IepbridgeError):
    """The input is not what it was said to be: the whole file is refused, nothing is written."""

    exit_code: ClassVar[int] = 3


class FirstProblem(IepbridgeError):
    """A plan would be held and the caller asked to stop at the first such plan."""

    exit_code: ClassVar[int] = 1
