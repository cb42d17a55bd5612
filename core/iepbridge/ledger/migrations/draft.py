"""Draft the next step for the tables: `python -m iepbridge.ledger.migrations.draft NUMBER WORDS`.

A new ledger in a temporary folder is compared with `ledger.schema`; what it lacks is the step.
"""

import sys
import tempfile

from alembic.command import revision

from iepbridge.ledger.engine import WRITES, open_engine
from iepbridge.ledger.migrations import configuration, upgrade


def draft(number: str, words: str) -> None:
    """Write `versions/NUMBER_WORDS.py`, to be read and mended by hand."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/ledger.db")
        if number > "0001":
            upgrade(engine)
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            revision(configuration(connection), words, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    draft(sys.argv[1], " ".join(sys.argv[2:]))
