"""What the commands of feeds have in common: the configuration, the ledger, who is at work."""

import argparse
import os
import pwd
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from iepbridge.errors import Misuse
from iepbridge.ledger.transaction import Ledger, has_ledger, open_ledger
from iepbridge.settings import FILE_NAME, Secret, Settings, load_settings

_NUMBER: Final = re.compile(r"\b[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}\b")


def configured(arguments: argparse.Namespace) -> Settings:
    """Read the configuration; raise `Misuse` with all its mistakes, or where there is none."""
    settings = load_settings(arguments.config, os.environ, Path.cwd())
    if settings.path is None:
        raise Misuse(f"There is no {FILE_NAME} here; write one, or name one with --config.")
    return settings


@contextmanager
def opened_ledger(
    settings: Settings, *, new: bool = False, as_it_is: bool = False
) -> Iterator[Ledger]:
    """Open the ledger; where there is none yet, an empty one for the while.

    With `new` it is made. With `as_it_is` nothing of it is changed, not even tables that are old.
    """
    own = settings.ledger
    if new or has_ledger(own):
        with open_ledger(own, as_it_is=as_it_is) as ledger:
            yield ledger
        return
    with tempfile.TemporaryDirectory(prefix="iepbridge-") as folder:
        url = Secret.plain(f"sqlite:///{folder}/empty.db", "ledger.url")
        with open_ledger(own.model_copy(update={"url": url})) as ledger:
            yield ledger


def who() -> str:
    """Name the user of the operating system who is at work."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def given_reason(text: str | None) -> str:
    """Give the reason that a person states; raise `Misuse` for none, and for a person's number."""
    reason = " ".join((text or "").split())
    if not reason:
        raise Misuse("--reason is missing: say why, for whoever reads the history.")
    if _NUMBER.search(reason):
        raise Misuse("--reason: this has a number like an SSN in it, and is kept for ever.")
    return reason
