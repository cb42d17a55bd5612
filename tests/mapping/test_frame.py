"""What stands around the plans: times, names of files."""

import pytest

from iepbridge.exchange import Envelope
from iepbridge.mapping.files import shipped_folder
from iepbridge.mapping.frame import file_id, is_created
from iepbridge.mapping.read import read_layout


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("2026-01-05T02:00:00-06:00", True),
        ("2026-01-05t02:00:00.25z", True),
        ("2016-12-31T23:59:60Z", True),
        ("2026-02-30T00:00:00Z", False),
        ("2026-01-05T24:00:00Z", False),
        ("2026-01-05T08:60:00Z", False),
        ("2026-01-05T08:00:61Z", False),
        ("2026-01-05T08:00:00+05:75", False),
        ("2026-01-05T08:00:00+25:00", False),
        ("2026-01-05T08:00:00", False),
        ("2026-01-05 08:00:00Z", False),
        ("2026-01-05", False),
        ("", False),
        ("\uff12026-01-05T08:00:00Z", False),
    ],
)
def test_created_is_a_time_that_exists_with_its_offset(text: str, fits: bool) -> None:
    assert is_created(text) is fits


def test_a_file_is_named_by_its_envelope_in_its_own_offset() -> None:
    envelope = Envelope("GCWS", "TWC", 42, "2024-12-31T23:30:00-06:00")
    names = {
        system: file_id(read_layout(system, shipped_folder(system)), envelope)
        for system in ("toolbox", "twist")
    }
    assert names == {
        "toolbox": "TBX_IEP_GCWS_20241231_000042",
        "twist": "TWIST_IEP_GCWS_20241231_000042",
    }
