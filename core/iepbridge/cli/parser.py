"""How command lines are read: one parser class, the options of every command, near matches."""

import argparse
import sys
from collections.abc import Iterable
from typing import Any, Final, NoReturn

LEVELS: Final = ("debug", "info", "warning", "error", "critical")


class Parser(argparse.ArgumentParser):
    """A parser that takes options by their full name only and says where to find an example."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("allow_abbrev", False)
        settings.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(**settings)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line and end with exit code 2."""
        if sys.stderr is not None:
            self.print_usage(sys.stderr)
        hint = f"Run `{self.prog} --help` for every option and an example."
        self.exit(2, f"{self.prog}: {message}.\n{hint}\n")


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command has."""
    group = parser.add_argument_group("messages on standard error")
    group.add_argument(
        "--log-level",
        choices=LEVELS,
        help="how much is said (default: warning at a terminal, else info; error is silent but"
        " for what stops the command)",
    )
    group.add_argument(
        "--log-format",
        choices=("json", "console"),
        help="how logs look (default: console at a terminal, else json)",
    )


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the configuration, to commands that use mappings."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="the configuration (default: $IEPBRIDGE_CONFIG, else iepbridge.toml here if it is)",
    )


def near(word: str, known: Iterable[str]) -> str:
    """Give the end of a sentence that says a word is unknown, with the name that was meant."""
    import difflib  # noqa: PLC0415  only a mistake has to wait for it

    found = difflib.get_close_matches(word, list(known), 1)
    return f"; did you mean {found[0]!r}?" if found else "."
