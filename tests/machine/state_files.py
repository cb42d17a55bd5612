"""A file as a state makes it: plans in its format, under the name that its envelope gives."""

import io
from collections.abc import Iterable
from typing import NamedTuple

from tests.feeds.site import registry
from tests.machine.contents import Data

from iepbridge.exchange import Arrival, Envelope
from iepbridge.formats import file_name, open_writer
from iepbridge.plan import read_plan


class StateFile(NamedTuple):
    """A file that was made: those plans are in it, by id and version, that its format takes."""

    name: str
    content: bytes
    plans: tuple[tuple[str, int], ...]


def state_file(system: str, about: Envelope, plans: Iterable[Data]) -> StateFile:
    """Make a file of a system."""
    stream, taken = io.BytesIO(), []
    writer = open_writer(system, registry(), stream, about, losses=False)
    for data in plans:
        plan = read_plan(data)
        if not writer.add(Arrival(plan.plan_id, plan.version, plan, data)).findings:
            taken.append((plan.plan_id, plan.version))
    writer.finish()
    return StateFile(file_name(registry().adapter(system), about), stream.getvalue(), tuple(taken))
