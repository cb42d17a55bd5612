"""Lives of the machine: so many, of so many steps each, drawn by a seed.

machine = machine_of(new_ledger)
live(machine, seed=7, lives=20, steps=40)   raises what broke, with the steps that led there
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.machine.feeds_machine import FeedsMachine


def machine_of(new_ledger: Callable[[Path], str]) -> type[FeedsMachine]:
    """Make a machine whose ledgers are new each time; it counts its own steps."""
    return type("Feeds", (FeedsMachine,), {"new_ledger": staticmethod(new_ledger), "steps": 0})


def live(
    machine: type[FeedsMachine], *, seed: int, lives: int, steps: int, shortened: bool = True
) -> None:
    """Let a machine live; `shortened` looks for the shortest life that breaks the same."""
    phases = [Phase.generate, Phase.shrink] if shortened else [Phase.generate]
    own = settings(
        max_examples=lives,
        stateful_step_count=steps,
        deadline=None,
        derandomize=False,
        database=None,
        phases=phases,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    with _quiet():
        run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=own)


@contextmanager
def _quiet() -> Iterator[None]:
    """Say nothing of thousands of runs."""
    before = structlog.get_config()
    silent = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=silent, cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)
