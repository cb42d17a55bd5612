"""The numbers of files between two parties: each given once, none left out.

Rule 1 of the interface documents: counted per system, sender and receiver, over all feeds; after
999999 comes 000001.
"""

from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, select, update

from iepbridge.errors import Busy
from iepbridge.ledger.schema import sequences
from iepbridge.ledger.transaction import Transaction

HIGHEST: Final = 999_999


class Channel(NamedTuple):
    """Two parties and the way between them: `direction` is `out` or `in`."""

    direction: str
    system: str
    sender: str
    receiver: str


class Number(NamedTuple):
    """A file's number; `cycle` counts from 0 how often 999999 was passed."""

    cycle: int
    sequence: int

    @property
    def following(self) -> "Number":
        """The number of the next file."""
        at_the_end = self.sequence >= HIGHEST
        return Number(self.cycle + 1, 1) if at_the_end else Number(self.cycle, self.sequence + 1)


def last_number(connection: Connection, channel: Channel) -> Number | None:
    """Give the last number of a channel, None before the first."""
    own = select(sequences.c.cycle, sequences.c.last).where(*_is(channel))
    row = connection.execute(own).one_or_none()
    return None if row is None else Number(*row)


def next_number(connection: Connection, channel: Channel) -> Number:
    """Give the number of the next file that is made."""
    last = last_number(connection, channel)
    return Number(0, 1) if last is None else last.following


def use_number(tx: Transaction, channel: Channel, number: Number, after: Number | None) -> None:
    """Take a number for good; raise `Busy` where another came before, since `after` was read."""
    taken = {"cycle": number.cycle, "last": number.sequence}
    if after is None:
        done = tx.add_once(sequences, **channel._asdict(), **taken)
    else:
        unchanged = (sequences.c.cycle == after.cycle, sequences.c.last == after.sequence)
        own = update(sequences).where(*_is(channel), *unchanged).values(taken)
        done = tx.connection.execute(own).rowcount == 1
    if not done:
        raise Busy(
            f"Another run made a file from {channel.sender} to {channel.receiver}"
            f" ({channel.system}) at the same time. Nothing was sent; run again."
        )


def _is(channel: Channel) -> list[ColumnElement[bool]]:
    return [getattr(sequences.c, name) == value for name, value in channel._asdict().items()]
