"""The errors that stop a command, as a tree by what the caller does next.

    IepbridgeError
    |-- Misuse           exit 2   mend the command line, the configuration or a mapping file
    |   `-- MappingMistakes       all mistakes of a mapping at once, by file and line
    |-- Unreadable       exit 3   the input is not what it was said to be; ask for another file
    |-- FirstProblem     exit 1   `--on-error fail` met its first held plan
    |-- Unreachable      exit 4   the other side could not be reached; run again later
    |-- Busy             exit 5   another run of the same feed is under way
    |   `-- LeaseLost             a run slept past its lease, and another may have begun
    |-- Refused          exit 6   the other side refused for good; a person must mend it first
    |-- OutcomeUnknown   exit 7   sent, and the answer was lost; the next run looks before it sends
    `-- GuardTripped     exit 8   far more or fewer plans than usual; nothing was sent

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


class Unreachable(IepbridgeError):
    """The other side could not be reached, after the retries; it is safe to run again."""

    exit_code: ClassVar[int] = 4


class Busy(IepbridgeError):
    """Another run of the same feed is under way; nothing was read or sent."""

    exit_code: ClassVar[int] = 5


class LeaseLost(Busy):
    """The lease of this run has ended, so it may write nothing more; what it began is kept."""


class Refused(IepbridgeError):
    """The other side refused for good: host key, credentials, permission or algorithm.

    It is not tried again, so that no account gets locked.
    """

    exit_code: ClassVar[int] = 6


class OutcomeUnknown(IepbridgeError):
    """A file was sent and the answer was lost: it may have arrived, or not."""

    exit_code: ClassVar[int] = 7


class GuardTripped(IepbridgeError):
    """Far more or fewer plans, changes or closures than usual; nothing was sent."""

    exit_code: ClassVar[int] = 8
