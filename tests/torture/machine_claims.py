"""The machine of `tests.machine`, for thousands of steps on each database."""

import shutil
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.machine.feeds_machine import ROOM, FeedsMachine
from tests.machine.lives import live, machine_of
from tests.machine.world import keyring
from tests.torture.claims import Trial, claim
from tests.torture.databases import databases

from iepbridge.ledger import open_ledger_at

STEPS_A_LIFE: Final = 40
LIVES: Final = 10
"""How many lives are one draw: the seed of a draw that broke is told."""

ENOUGH: Final = 5
"""After so many draws that broke the others are not tried."""


def _lived(trial: Trial, steps: int, new_ledger: Callable[[Path], str]) -> None:
    """Let the machine live until it took so many steps; each of them is a case."""
    machine = machine_of(new_ledger)
    seed = trial.seed
    while machine.steps < min(steps, trial.most or steps) and len(trial.failures) < ENOUGH:
        before = machine.steps
        with trial.case(f"lives of seed {seed}"):
            _draw(machine, seed)
        trial.cases += machine.steps - before - 1
        seed += 1


def _draw(machine: type[FeedsMachine], seed: int) -> None:
    try:
        live(machine, seed=seed, lives=LIVES, steps=STEPS_A_LIFE, shortened=False)
    except Exception:
        traceback.print_exc()  # the steps that led there are among the notes
        raise


@claim(
    "Whatever happens to feeds, in any order: each plan in one state, both lists agree (SQLite)",
    alone=True,
)
def on_sqlite(trial: Trial) -> None:
    """Live on files, each a copy of an empty ledger."""
    with tempfile.TemporaryDirectory(prefix="iep-machine-", dir=ROOM) as folder:
        template = Path(folder) / "template.db"
        open_ledger_at(f"sqlite:///{template}", keyring()).close()

        def new_ledger(place: Path) -> str:
            shutil.copy(template, place / "iepbridge.db")
            return f"sqlite:///{place / 'iepbridge.db'}"

        _lived(trial, 7_000, new_ledger)


@claim(
    "Whatever happens to feeds, in any order: "
    "each plan in one state, both lists agree (PostgreSQL)",
    alone=True,
)
def on_postgresql(trial: Trial) -> None:
    """Live on databases, each a copy of an empty ledger."""
    with databases() as own:
        template = own.new()
        open_ledger_at(template, keyring()).close()
        _lived(trial, 3_000, lambda _: own.copy(template))
