"""How far a run is, shown to a person at a terminal and to nobody else."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from iepbridge.cli.console import Voice
from iepbridge.runs.workplace import Told, say_nothing

_FOUND: Final = "plans_found"
_DONE: Final = ("plans_examined", "plans_unchanged", "plans_superseded", "plans_waiting")
_OFTEN: Final = 100


class _Counts(ProgressColumn):
    """What was counted so far, as it is called in the summary."""

    def render(self, task: Task) -> Text:
        counts: Counter[str] = task.fields["counts"]
        told = (f"{number:,} {what.replace('_', ' ')}" for what, number in counts.items())
        return Text(", ".join(told))


@contextmanager
def told(feed: str, voice: Voice) -> Iterator[Told]:
    """Give what a run tells how far it is; at a terminal a bar shows it until the run ends."""
    if not voice.person or voice.silent:
        yield say_nothing
        return
    counts: Counter[str] = Counter()
    columns = (TextColumn("{task.description}"), BarColumn(), _Counts())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(feed, total=None, counts=counts)

        def hear(what: str, number: int) -> None:
            counts[what] = number
            if what not in _DONE or number % _OFTEN == 0:
                done = sum(counts[one] for one in _DONE)
                bar.update(task, total=counts[_FOUND] or None, completed=done)

        yield hear
