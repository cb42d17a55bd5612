"""The sample files of the interface documents."""

import json
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def samples() -> Path:
    """Give the folder of the interface documents' samples."""
    shared = Path(os.environ.get("IEPBRIDGE_SHARED") or REPOSITORY.parent / "shared")
    folder = shared / "icd" / "samples"
    if not folder.is_dir():
        pytest.skip(f"no samples at {folder} (IEPBRIDGE_SHARED names another shared folder)")
    return folder


@pytest.fixture(scope="session")
def sample_lines(samples: Path) -> Callable[[str, str], list[dict[str, Any]]]:
    """Give the lines of one of a system's sample files, as in `sample_lines("twist", "back")`."""

    def lines(system: str, name: str) -> list[dict[str, Any]]:
        text = (samples / system / f"{name}.jsonl").read_text("utf-8")
        return [json.loads(line, parse_float=Decimal) for line in text.splitlines()]

    return lines
