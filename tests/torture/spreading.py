"""Cases spread over processes, each with a workshop of its own: servers, a folder, a ledger."""

import multiprocessing
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from multiprocessing.connection import Connection, wait
from typing import TypeAlias, TypeVar

Item = TypeVar("Item")
Workshop: TypeAlias = Callable[[], AbstractContextManager[Callable[[Item], None]]]
"""Sets up what trying a case needs, and gives what tries one: it raises where the case fails."""

_FORKING = multiprocessing.get_context("fork")


def tried_by_hands(
    items: Sequence[Item],
    workshop: Workshop[Item],
    hands: int,
    told: Callable[[Exception], str],
) -> Generator[str | None]:
    """Try each item in one of `hands` processes; give for each how it failed, None if it held.

    With one hand everything happens here.
    """
    if hands == 1:
        yield from _tried(items, workshop, told)
        return
    shares = [share for hand in range(hands) if (share := items[hand::hands])]
    processes = {}
    for share in shares:
        ours, theirs = _FORKING.Pipe(duplex=False)
        process = _FORKING.Process(target=_work, args=(share, workshop, told, theirs))
        process.start()
        theirs.close()
        processes[ours] = (process, len(share))
    try:
        yield from _gathered(processes)
    finally:
        for process, _ in processes.values():
            process.terminate()  # it ends its servers first
            process.join()


def _tried(
    items: Sequence[Item], workshop: Workshop[Item], told: Callable[[Exception], str]
) -> Iterator[str | None]:
    with workshop() as attempt:
        for item in items:
            try:
                attempt(item)
            except Exception as error:  # noqa: BLE001 - a broken case may raise anything
                yield f"{item}: {told(error)}"
            else:
                yield None


def _work(
    items: Sequence[Item],
    workshop: Workshop[Item],
    told: Callable[[Exception], str],
    results: Connection,
) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        for result in _tried(items, workshop, told):
            results.send(result)
    except Exception as error:  # noqa: BLE001 - a workshop that cannot be set up is told too
        results.send(f"the workshop: {told(error)}")


def _gathered(
    processes: "dict[Connection, tuple[multiprocessing.process.BaseProcess, int]]",
) -> Iterator[str | None]:
    while processes:
        for one in wait(list(processes)):
            assert isinstance(one, Connection)
            process, left = processes[one]
            try:
                yield one.recv()
                processes[one] = (process, left - 1)
            except EOFError:
                process.join()
                del processes[one]
                yield from [f"never tried: its process ended with {process.exitcode}"] * left
