"""Measure iepbridge: `bench/run.py [NAME...] [--count N] [--rounds R]`; no NAME runs them all.

Every number is a ratio of two things measured side by side in this run, or a size in memory.
`docs/benchmarks.md` says what each benchmark does.
"""

import argparse
import importlib
import sys
from pathlib import Path

if __name__ == "__main__":  # as a script: `bench` is found from the repository's root
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench.table import environment

NAMES = ("translate", "policy", "memory", "growth", "feeds", "start", "peers")


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks that are named, or all of them."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if unknown := set(asked.name) - set(NAMES):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    print(environment(), flush=True)
    for name in asked.name or NAMES:
        benchmark = importlib.import_module(f"bench.{name}")
        print(flush=True)
        benchmark.run(asked.count or benchmark.COUNT, asked.rounds or benchmark.ROUNDS)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", nargs="*", help=", ".join(NAMES))
    parser.add_argument("--count", type=_whole, help="plans (the largest of several numbers)")
    parser.add_argument("--rounds", type=_whole, help="how often each side is run")
    return parser


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError("expected a whole number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
