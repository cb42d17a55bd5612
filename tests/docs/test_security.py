"""What docs/security.md says of caps: more than a plan can be is refused, and never written."""

import io
from collections.abc import Callable

import pytest

from iepbridge.codecs.xml import XmlDocument
from iepbridge.errors import Unreadable
from iepbridge.exchange import Arrival, Envelope
from iepbridge.formats import open_writer
from iepbridge.plan import read_plan
from iepbridge.registry import load_registry

MILLION = 1_000_000
FIVE = "<e a='' b='' c='' d='' f=''/>"


def of_bytes(more: int) -> str:
    """Give a record of as many bytes as one may have, and more."""
    texts = f"<t>{'x' * (MILLION - 7)}</t>" * 16
    return f"<r>{texts}{'x' * (16 * 2**20 - 16 * MILLION - 7 + more)}</r>"


RECORDS: dict[str, Callable[[int], str]] = {
    "bytes": of_bytes,
    "elements": lambda more: f"<r>{'<e/>' * (199_999 + more)}</r>",
    "levels": lambda more: f"<r>{'<e>' * (98 + more)}{'</e>' * (98 + more)}</r>",
    "characters": lambda more: f"<r><e>{'x' * (MILLION + more)}</e></r>",
    "characters of an attribute": lambda more: f"<r a='{'x' * (MILLION + more)}'/>",
    "attributes": lambda more: (
        f"<r a='' b='' c='' d='' f=''{' g=' + chr(39) * 2 if more else ''}>{FIVE * 199_999}</r>"
    ),
}


def read(record: str) -> int:
    """Count the records of a file with one."""
    document = XmlDocument(io.BytesIO(f"<f>{record}</f>".encode()), record="r")
    return sum(1 for _ in document.children())


@pytest.mark.parametrize("cap", RECORDS)
def test_a_record_up_to_a_cap_is_read_and_one_over_it_refused(cap: str) -> None:
    assert read(RECORDS[cap](0)) == 1
    with pytest.raises(Unreadable, match="too much for one plan"):
        read(RECORDS[cap](1))


@pytest.mark.parametrize("system", ["toolbox", "twist"])
def test_nothing_over_the_caps_is_written(system: str) -> None:
    large = {
        "schema": "iep/1",
        "plan_id": "P-1",
        "version": 1,
        "program": "other",
        "status": "draft",
        "participant": {
            "identifiers": {"toolbox": "10451237", "twist": "1"},
            "name": {"first": "Ada", "last": "Byron"},
            "date_of_birth": "1990-01-02",
        },
        "extensions": {system: dict.fromkeys("abcd", "&" * MILLION)},
    }
    stream = io.BytesIO()
    writer = open_writer(system, load_registry(), stream, Envelope(), losses=False)
    written = writer.add(Arrival("P-1", 1, read_plan(large), large))
    writer.finish()
    assert [finding.rule for finding in written.findings] == ["FMT-LENGTH"]
    assert len(stream.getvalue()) < 2000
