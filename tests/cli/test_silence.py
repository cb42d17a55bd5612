"""No value of a person is ever said: not in messages, logs or reports, at no level."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run, lines, plan

SENTINEL = "Zyxwvut"
SSN = "219099999"
BORN = "1987-06-05"
PERSON: dict[str, Any] = {
    "identifiers": {"twist": "104512377", "toolbox": "10451237"},
    "ssn": SSN,
    "name": {"first": SENTINEL, "middle": SENTINEL, "last": SENTINEL},
    "date_of_birth": BORN,
    "address": {"line1": SENTINEL, "city": SENTINEL, "zip": "63101", "county": SENTINEL},
    "phone": "3145550199",
    "email": f"{SENTINEL}@example.org",
}
WHOLE = plan(
    participant=PERSON,
    comments=SENTINEL,
    barriers=[{"barrier_id": "b1", "category": "health", "description": SENTINEL}],
    case_notes=[{"note_id": "n1", "about": "iep_development", "story": SENTINEL}],
)
FAULTY = [
    {"schema": SENTINEL},
    {"started_on": SENTINEL},
    {"barriers": SENTINEL},
    {"program": SENTINEL},
    {"participant": PERSON | {"ssn": f"{SENTINEL}{SSN}"}},
    {"participant": PERSON | {"date_of_birth": SENTINEL}},
    {"participant": PERSON | {"name": SENTINEL}},
    {"barriers": [{"barrier_id": f"{SENTINEL}!", "category": "other"}]},
    {"comments": f"{SENTINEL}\x07"},
    {"comments": SENTINEL * 150_000},
    {"comments": f"{SENTINEL}\u4e2d"},
    {"participant": PERSON | {"identifiers": {"twist": SENTINEL, "toolbox": SENTINEL}}},
    {"case_manager": {"staff_id": "s", "name": {"first": SENTINEL * 20, "last": SENTINEL}}},
]
PLANS = [WHOLE, *(WHOLE | fault | {"plan_id": f"F-{n}"} for n, fault in enumerate(FAULTY))]
AGAIN = b'"comments": "%s", "schema"' % SENTINEL.encode()
GIVEN = {
    "plans": lines(*PLANS),
    "no json": lines(WHOLE)[:-40],
    "no utf-8": lines(WHOLE) + SENTINEL.encode() + b"\xff\n",
    "a repeated key": lines(WHOLE).replace(b'"schema"', AGAIN),
}
RUNS = {
    "json": ("--log-format", "json", "--loss", "loss", "--findings", "findings"),
    "console": ("--log-format", "console"),
    "fail": ("--on-error", "fail"),
}


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
@pytest.mark.parametrize("options", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("target", ["canonical", "twist", "toolbox"])
def test_nothing_of_a_person_is_said(
    run: Run, tmp_path: Path, given: bytes, options: tuple[str, ...], target: str
) -> None:
    words = ("translate", "--from", "canonical", "--to", target, "-", "-o", "out", *options)
    done = run(*words, "--log-level", "debug", given=given)
    assert done.returncode in (1, 3)
    assert done.stdout == b""
    reports = (tmp_path / "loss", tmp_path / "findings")
    said = done.stderr + b"".join(path.read_bytes() for path in reports if path.exists())
    for value in (SENTINEL, SSN, BORN, "3145550199", "219-09-9999"):
        assert value.encode() not in said


def test_the_values_are_there_to_be_said(run: Run) -> None:
    words = ("translate", "--from", "canonical", "--to", "canonical", "-")
    done = run(*words, given=lines(WHOLE))
    assert done.returncode == 0
    assert json.loads(done.stdout)["participant"]["ssn"] == SSN
