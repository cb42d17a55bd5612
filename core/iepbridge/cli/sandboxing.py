"""The deed behind `iepbridge sandbox`: the states' side, from the first signal of life to the last.

A pipe gets a line of JSON when it is ready, one for each file that it offers, and one for each
file that it read, or keeps until its turn.
"""

import argparse
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from iepbridge.cli.offering import offer
from iepbridge.cli.rows import is_plain, write_line, write_rows
from iepbridge.cli.telling import begin
from iepbridge.errors import Misuse
from iepbridge.registry import load_registry
from iepbridge.sandbox import KEPT, SYSTEMS, BookedFile, Sandbox


def perform(arguments: argparse.Namespace) -> int:
    """Play the states' side until SIGINT or SIGTERM."""
    begin(arguments)
    plain = is_plain(arguments)
    box = _box(arguments)
    with _until_signalled() as ended, box:
        _say_ready(arguments, box, plain=plain)
        _offer(arguments, box, plain=plain)
        while not ended.wait(arguments.every):
            for file in box.pickup():
                _tell(file, plain=plain)
    return 0


def _box(arguments: argparse.Namespace) -> Sandbox:
    root = Path(arguments.root).absolute()
    try:
        return Sandbox(
            root,
            seed=arguments.seed,
            port=arguments.port,
            personalities=arguments.personalities,
        )
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Misuse(f"--root: {root}: {reason}. Choose a folder of your own.") from None


@contextmanager
def _until_signalled() -> Iterator[threading.Event]:
    """Give an event that SIGINT and SIGTERM set, so that the end is an orderly one."""
    ended = threading.Event()

    def end(_: int, __: FrameType | None) -> None:
        ended.set()

    before = {one: signal.signal(one, end) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say_ready(arguments: argparse.Namespace, box: Sandbox, *, plain: bool) -> None:
    root = box.configuration.parent
    if plain:
        ready: dict[str, Any] = {
            "event": "ready",
            "root": str(root),
            "configuration": str(box.configuration),
            "host": "127.0.0.1",
            "port": box.port,
            "seed": arguments.seed,
            "personalities": sorted(set(arguments.personalities)),
        }
        write_rows([ready])
        return
    states = ", ".join(f"{one.state} ({one.name})" for one in SYSTEMS.values())
    for line in (
        f"The states' side is up on 127.0.0.1:{box.port}: {states}.",
        f"All of it is in {root}; what came and what was answered is listed in book.jsonl there.",
        "Use it from another terminal:",
        f"  cd {root}",
        "  iepbridge sample --count 100 -o plans/plans.jsonl",
        "  iepbridge run '*-plans'",
        "  iepbridge run '*-acks'",
        "End it with Ctrl-C.",
    ):
        write_line(line)


def _offer(arguments: argparse.Namespace, box: Sandbox, *, plain: bool) -> None:
    if not arguments.offer:
        return
    registry = load_registry()
    for system in SYSTEMS:
        name = offer(box, system, registry, arguments.offer, arguments.seed)
        if plain:
            write_rows([{"event": "offered", "system": system, "name": name}])
        else:
            write_line(f"{system}: offers {name}")


def _tell(file: BookedFile, *, plain: bool) -> None:
    counts = Counter(plan.result for plan in file.plans)
    if plain:
        row = {
            "event": "kept" if file.result == KEPT else "read",
            "system": file.system,
            "name": file.name,
            "sha256": file.sha256,
            "result": file.result,
            "why": file.why or None,
            "plans": len(file.plans),
            "counts": dict(counts),
            "answers": [one.name for one in file.answers],
        }
        write_rows([row])
        return
    told = ", ".join(f"{number:,} {result}" for result, number in sorted(counts.items()))
    why = f": {file.why}" if file.why else ""
    write_line(f"{file.system}: {file.name} {file.result}{why}{f' ({told})' if told else ''}")
