"""Files that a state gives of its own: made-up plans in its format, put out by the sandbox."""

import io
from itertools import islice

from iepbridge.cli import envelope
from iepbridge.exchange import Arrival, Envelope
from iepbridge.formats import file_name, open_writer
from iepbridge.plan import read_plan
from iepbridge.registry import Registry
from iepbridge.sample import sample_plans
from iepbridge.sandbox import SENDER, SYSTEMS, Sandbox

_TRIES_A_PLAN = 10


def offer(box: Sandbox, system: str, registry: Registry, count: int, seed: int = 1) -> str:
    """Put out the next file of a system, of up to so many made-up plans; give its name.

    Plans that the system's format refuses are left out, and others drawn.
    """
    receiver, number = SYSTEMS[system].receiver, box.next_number(system)
    about = Envelope(receiver, SENDER, number, envelope.now(), test=True)
    content = io.BytesIO()
    writer = open_writer(system, registry, content, about, losses=False)
    drawn = sample_plans(count * _TRIES_A_PLAN, seed + number - 1)
    fitting = (data for data in drawn if not writer.add(_arrival(data)).findings)
    for _ in islice(fitting, count):
        pass
    writer.finish()
    name = file_name(registry.adapter(system), about)
    box.offer(system, name, content.getvalue())
    return name


def _arrival(data: dict[str, object]) -> Arrival:
    plan = read_plan(data)
    return Arrival(plan.plan_id, plan.version, plan, data)
