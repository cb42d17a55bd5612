"""A ledger whose process is killed around a commit."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from tests.fakes.endpoint import Killed

from iepbridge.ledger import Ledger, Transaction
from iepbridge.ledger.transaction import Guard


class DyingLedger(Ledger):
    """Ends the process just before its `last` commit, or just after it; then nothing goes any more.

    `commits` counts those that were made.
    """

    def __init__(self, ledger: Ledger, last: int = 0, *, after: bool = False) -> None:
        super().__init__(ledger.engine, ledger.keyring, ledger.clock)
        self._last = last
        self._after = after
        self._dead = False
        self.commits = 0

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        self._die_again()
        with super().reading() as connection:
            yield connection

    @contextmanager
    def writing(self, lease: Guard | None = None) -> Iterator[Transaction]:
        self._die_again()
        with super().writing(lease) as tx:
            yield tx
            if self.commits + 1 == self._last and not self._after:
                self._die()
        self.commits += 1
        if self.commits == self._last:
            self._die()

    def _die(self) -> None:
        self._dead = True
        raise Killed

    def _die_again(self) -> None:
        if self._dead:
            raise Killed
