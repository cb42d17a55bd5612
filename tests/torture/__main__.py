"""`python -m tests.torture` tries every claim and prints the table; exit 1 where one fails.

A module of claims registers itself when it is imported here.
"""

import argparse
import compileall
import importlib
import logging
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from tests.torture.beside import beside
from tests.torture.claims import ALONE, CLAIMS, tried
from tests.torture.table import Result, table

REPOSITORY = Path(__file__).parents[2]
MODULES = tuple(
    f"tests.torture.{name}"
    for name in (
        *("kill_claims", "openpgp_claims", "feeds_killed", "feeds_cut", "feeds_restored"),
        *("feeds_on_bad_disks", "feeds_on_full_disks", "feeds_on_bad_servers", "feeds_soaked"),
        "machine_claims",
    )
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the claims that were asked for."""
    options = _options(arguments)
    logging.getLogger("paramiko").addHandler(logging.NullHandler())  # it tells of every cut
    for module in MODULES:
        importlib.import_module(module)
    chosen = [words for words in CLAIMS if options.claim.lower() in words.lower()]
    if options.list or not chosen:
        print("\n".join(CLAIMS if options.list else [f"No claim contains {options.claim!r}."]))
        return 0 if options.list else 2
    _compile_all()
    results = _all_tried(chosen, options)
    print(table(results))
    return 0 if all(result.holds for result in results) else 1


def _compile_all() -> None:
    """Compile what is imported: a module that one process compiles opens other files in the next.

    Files that a program opens are counted on its way to where it is killed.
    """
    for folder in ("core", "plugins", "tests"):
        compileall.compile_dir(REPOSITORY / folder, quiet=1)


def _all_tried(chosen: Sequence[str], options: argparse.Namespace) -> list[Result]:
    """Try claims in turn; beside them, with several hands, those that cannot be spread."""

    def attempt(words: str) -> Result:
        return _tried(words, options)

    alone = [words for words in chosen if words in ALONE] if options.hands > 1 else []
    with beside(alone, attempt, options.seed) as others:
        results = [attempt(words) for words in chosen if words not in alone]
        results += others()
    return sorted(results, key=lambda result: chosen.index(result.claim))


def _tried(words: str, options: argparse.Namespace) -> Result:
    begun = time.monotonic()
    print(f"trying: {words}", file=sys.stderr, flush=True)
    result = tried(words, options.seed, options.cases, options.hands)
    took = timedelta(seconds=round(time.monotonic() - begun))
    found = f"{result.cases} cases, {len(result.failures)} failed, {took}"
    print(f"tried: {words}\n  {found}", file=sys.stderr, flush=True)
    return result


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    chance = random.SystemRandom().randrange(1 << 32)
    parser.add_argument("--seed", type=int, default=chance, help="repeat a run (default: any)")
    parser.add_argument("--cases", type=int, help="at most so many cases of a claim")
    hands = 2 * (os.cpu_count() or 1)  # half of a case is waiting
    parser.add_argument("--hands", type=int, default=hands, help="how many processes work at once")
    parser.add_argument("--claim", default="", metavar="WORDS", help="only claims with these words")
    parser.add_argument("--list", action="store_true", help="list the claims")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(main())
