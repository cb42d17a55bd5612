"""A progress bar while a file is read, shown to a person at a terminal and to nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from iepbridge.cli.console import Voice
from iepbridge.cli.source import Source
from iepbridge.cli.telling import plans
from iepbridge.translate import Progress as Advance

_PLANS_A_STEP = 100


class _Plans(ProgressColumn):
    """The plans read so far, and how many a second."""

    def render(self, task: Task) -> Text:
        count: int = task.fields["plans"]
        each_second = count / task.elapsed if task.elapsed else 0.0
        return Text(f"{plans(count)}, {each_second:,.0f} a second")


@contextmanager
def shown(source: Source, voice: Voice, doing: str = "Translating") -> Iterator[Advance | None]:
    """Show how much of a source has been read; give what is to be called after each plan.

    A source without a size, such as a pipe, gets a bar that only says that something happens.
    """
    if not voice.person or voice.silent:
        yield None
        return
    columns = (TextColumn(doing), BarColumn(), _Plans())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=source.size, plans=0)

        def advance(count: int) -> None:
            if count % _PLANS_A_STEP == 1:
                bar.update(task, completed=source.taken, plans=count)

        yield advance
