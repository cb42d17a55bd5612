"""Claims whose cases cannot be spread, tried in a process of their own beside the others."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection

from tests.torture.table import Result

_FORKING = multiprocessing.get_context("fork")


@contextmanager
def beside(
    claims: Sequence[str], attempt: Callable[[str], Result], seed: int
) -> Iterator[Callable[[], list[Result]]]:
    """Try claims in turn in another process while the block works; what it gives waits for them.

    A claim that the process did not live to try did not hold. It ends with the block.
    """
    ours, theirs = _FORKING.Pipe(duplex=False)
    # A daemon, so that an interpreter that ends takes it along.
    process = _FORKING.Process(target=_work, args=(claims, attempt, theirs), daemon=True)
    process.start()
    theirs.close()

    def results() -> list[Result]:
        found = []
        for words in claims:
            try:
                found.append(ours.recv())
            except EOFError:
                process.join()
                ended = f"never tried: its process ended with {process.exitcode}"
                found.append(Result(words, 0, [ended], seed))
        return found

    try:
        yield results
    finally:
        process.terminate()
        process.join()
        ours.close()


def _work(claims: Sequence[str], attempt: Callable[[str], Result], told: Connection) -> None:
    for words in claims:
        told.send(attempt(words))
