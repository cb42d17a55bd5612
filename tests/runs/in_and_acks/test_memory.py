"""Memory holds a few plans, however many a file has."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.runs.in_and_acks.office import CREATED, REGISTRY, REPOSITORY, Data, Office, plan
from tests.servers.ledgers import KEY

from iepbridge.crypto import Keyring
from iepbridge.exchange import Arrival, Envelope
from iepbridge.formats import file_name, open_writer
from iepbridge.ledger import open_ledger_at
from iepbridge.plan import read_plan

_KIB_MORE = 32 * 1024
"""What the reading of ten times as many plans may take more; all of them would be 100 MiB."""


def plans(count: int) -> Iterator[Data]:
    """Give small plans."""
    sections = ("credentials", "work_history", "assessments", "services", "case_notes")
    small = {name: value for name, value in plan().items() if name not in sections}
    for number in range(count):
        yield {**small, "plan_id": f"P-{number}"}


def read(folder: Path, count: int) -> int:
    """Have a file of so many plans read by a process of its own; give its highest memory in KiB."""
    folder.mkdir()
    with open_ledger_at(f"sqlite:///{folder}/iepbridge.db", Keyring.parse(KEY)) as ledger:
        office = Office(folder, ledger)
    adapter, envelope = REGISTRY.adapter("toolbox"), Envelope("GCWS", "STATE", 1, CREATED)
    with (office.inbox / file_name(adapter, envelope)).open("wb") as stream:
        writer = open_writer("toolbox", REGISTRY, stream, envelope, losses=False)
        for data in plans(count):
            writer.add(Arrival(data["plan_id"], data["version"], read_plan(data), data))
        writer.finish()
    command = [sys.executable, "-m", "tests.runs.in_and_acks.reading_child", folder, "in"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["code"], told["counts"]["plans_taken"]) == (0, count)
    (written,) = (folder / "received").iterdir()
    with written.open("rb") as lines:
        assert sum(1 for _ in lines) == count
    return int(told["peak"])


@pytest.mark.long
@pytest.mark.linux
@pytest.mark.timeout(900)
def test_a_file_of_ten_times_as_many_plans_takes_no_more_memory(tmp_path: Path) -> None:
    few = read(tmp_path / "few", 1_000)
    many = read(tmp_path / "many", 10_000)
    assert many - few < _KIB_MORE
