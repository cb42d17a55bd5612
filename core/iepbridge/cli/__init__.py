"""The command `iepbridge`: words typed by an operator become calls.

Only the module of the command that was typed is imported, and only its `run` imports what is
heavy: `--help` and `--version` answer before the plan model is loaded.
"""

import importlib
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Final

from iepbridge.cli.boundary import guarded
from iepbridge.cli.parser import Parser, add_common, near
from iepbridge.errors import Misuse

COMMANDS: Final = {
    "translate": "translate a file of plans from one format into another",
    "check": "check plans against a system's policy, or measure how often it is kept",
    "diff": "compare two files of plans: changes, significance, who must sign",
    "ack": "show what a system answered to a file, plan by plan",
    "feeds": "list the configured feeds, and how they stand",
    "run": "run feeds: send what is due, fetch what has come, read what was answered",
    "serve": "run feeds when they are due, with health and metrics on loopback",
    "missing": "tell what was due, and has not come or gone: runs, files, answers, credentials",
    "held": "show what is held back and why, let it go once, or take it out",
    "history": "tell all that happened to a plan, or to the plans of a person",
    "resolve": "say whether a file of unknown outcome was delivered",
    "replay": "send a file again, byte for byte, under its own name",
    "purge": "remove what is kept of plans past its time",
    "doctor": "try endpoints step by step: log in, write, rename; say what follows",
    "config": "check the configuration, or print its schema for an editor",
    "ledger": "verify the ledger's chain of events, seal it anew, or copy it",
    "systems": "list the installed systems with their versions and formats",
    "sample": "write made-up plans to try things with",
    "sandbox": "play the states' side on this machine: a server that reads and answers files",
    "demo": "play the whole story here: plans sent, answered, mended, accounted for",
}
"""Each command, the name of its module here, and what it does."""

_EXAMPLES: Final = """\
examples:
  iepbridge demo
  iepbridge sample --count 100 -o plans.jsonl
  iepbridge translate --from canonical --to twist plans.jsonl -o plans.xml --loss loss.jsonl

Each command has its own --help with an example.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command line and give its exit code; nothing here ends in a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    return guarded(lambda: _carry_out(words))


def _carry_out(words: list[str]) -> int:
    chosen = next((word for word in words if not word.startswith("-")), None)
    if chosen is not None and chosen not in COMMANDS:
        known = ", ".join(COMMANDS)
        raise Misuse(f"There is no command {chosen!r}{near(chosen, COMMANDS)} Commands: {known}.")
    parser, command = _parser(chosen)
    arguments = parser.parse_args(words)
    if arguments.version:
        return int(importlib.import_module(f"{__name__}.version").run())
    if command is None:
        parser.error("a command is missing")
    return int(command.run(arguments))


def _parser(chosen: str | None) -> tuple[Parser, ModuleType | None]:
    parser = Parser(prog="iepbridge", description=_caption(), epilog=_EXAMPLES)
    parser.add_argument("--version", action="store_true", help="print the versions and stop")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    module = None
    for name, caption in COMMANDS.items():
        if name != chosen:
            commands.add_parser(name, help=caption, add_help=False)
        else:
            module = importlib.import_module(f"{__name__}.{name}")
            own = commands.add_parser(
                name, help=caption, description=module.__doc__, epilog=module.EXAMPLE
            )
            module.add_arguments(own)
            add_common(own)
    return parser, module


def _caption() -> str:
    return str(sys.modules["iepbridge"].__doc__)
