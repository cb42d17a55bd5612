"""Files for the sandbox: written by the product, or spoilt in one place."""

import io
from functools import cache

from tests.oracles import cwds_mutations, icc_mutations, xml_mutations
from tests.oracles.cwds_files import cwds_plan
from tests.oracles.icc_texts import full_icc_plans
from tests.plugins.test_laws import arrival_of, registry, write

from iepbridge.exchange import Envelope
from iepbridge.formats import file_name, open_writer
from iepbridge.plan import plan_data
from iepbridge.sample import sample_plans
from iepbridge.sandbox import SYSTEMS
from iepbridge.sandbox.parcel import FileRefused, Parcel

Data = dict[str, object]
CREATED = "2026-11-02T02:00:00-06:00"


def read(system: str, content: bytes) -> Parcel:
    """Read a file by the sandbox's reader."""
    return SYSTEMS[system].read(io.BytesIO(content))


def refusal(system: str, content: bytes) -> str:
    """Give the code that a file is refused with, empty where it is taken."""
    try:
        read(system, content)
    except FileRefused as refused:
        return refused.code
    return ""


def file_of(
    system: str, sequence: int, *plans: Data, sender: str = "GCWS", created: str = CREATED
) -> tuple[str, bytes]:
    """Write a file; give its name and bytes."""
    about = Envelope(sender, SYSTEMS[system].receiver, sequence, created)
    stream = io.BytesIO()
    writer = open_writer(system, registry(), stream, about, losses=False)
    for data in plans:
        assert not writer.add(arrival_of(data)).findings
    writer.finish()
    return file_name(registry().adapter(system), about), stream.getvalue()


@cache
def fitting(system: str, count: int) -> tuple[Data, ...]:
    """Give sampled plans that a system's format takes, each of one id."""
    found: dict[object, Data] = {}
    for data in sample_plans(count * 3, 5):
        if not write(system, data)[1][0].findings:
            found.setdefault(data["plan_id"], data)
    return tuple(found.values())[:count]


def mutated(system: str, seed: int) -> bytes:
    """Give a file with a value in every place, changed in one."""
    if system in ("twist", "toolbox"):
        return xml_mutations.mutated(system, seed)
    spoil = {"icc": icc_mutations.mutated, "cwds": cwds_mutations.mutated}[system]
    return spoil(full(system), seed)


@cache
def full(system: str) -> bytes:
    """Give a file of CWDS or ICC with a value in every place."""
    plans = [cwds_plan()] if system == "cwds" else [plan_data(one) for one in full_icc_plans()]
    content, written = write(system, *plans)
    assert not any(one.findings for one in written)
    return content
