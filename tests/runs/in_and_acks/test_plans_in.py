"""Plans that come in: taken, known, or held alone for a person; every system, sealed or not."""

import io
import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.openpgp.rings import certificate, key, secret
from tests.runs.in_and_acks.office import (
    REPOSITORY,
    SYSTEMS,
    Office,
    moved,
    noted,
    parsed,
    plan,
)

from iepbridge.ledger import Ledger
from iepbridge.ledger.schema import plan_versions
from iepbridge.openpgp import encrypt


@pytest.fixture(params=SYSTEMS)
def each(request: pytest.FixtureRequest, tmp_path: Path, sqlite_ledger: Ledger) -> Office:
    """Give an office of each system."""
    return Office(tmp_path, sqlite_ledger, request.param)


def test_every_system_comes_out_as_translate_has_it(each: Office) -> None:
    samples = REPOSITORY / "plugins" / each.system / "samples"
    (sample,) = (one for one in samples.iterdir() if "SAMPLE" in one.name)
    shutil.copy(sample, each.inbox)
    assert each.run().code == 0
    (written,) = (each.folder / "received").iterdir()
    assert written.name == f"{each.system}_SAMPLE_20260105_000001.jsonl"
    assert written.read_bytes() == (samples / "back.jsonl").read_bytes()


def test_a_higher_version_is_taken_and_a_lower_one_held(office: Office) -> None:
    for sequence, version in enumerate((2, 3, 1), 1):
        office.put(office.file(sequence, plan("A", version), plan("B", sequence)))
    outcome = office.run()
    assert outcome.code == 1
    assert office.versions() == [("A", 2), ("B", 1), ("A", 3), ("B", 2), ("B", 3)]
    (hold,) = office.holds()
    assert (hold.plan_id, hold.version, hold.reason) == ("A", 1, "contradiction")
    assert office.states()[("A", 1)] == "held"


def test_one_version_is_taken_again_for_its_record_alone(office: Office) -> None:
    data = plan("A")
    office.put(office.file(1, data))
    office.put(office.file(2, noted(data, "Met again.")))
    office.put(office.file(3, moved(data)))
    office.put(office.file(4, noted(data, "Met again.")))
    outcome = office.run()
    assert outcome.code == 1
    assert outcome.counts["plans_unchanged"] == 1
    assert list(office.taken().values()) == [[data], [noted(data, "Met again.")]]
    assert [one.reason for one in office.holds()] == ["contradiction"]


def test_a_record_that_is_set_back_is_taken_as_it_is_now(office: Office) -> None:
    """The newer file's content wins: rule 10 of the interface documents."""
    first = noted(plan("A"), "One.")
    second = noted(plan("A"), "Two.")
    said = [first, second, first, second, second]
    for sequence, data in enumerate(said, 1):
        office.put(office.file(sequence, data))
    assert office.run().code == 0
    assert list(office.taken().values()) == [[first], [second], [first], [second]]
    assert office.states() == {("A", 1): ["delivered", "delivered"]}


def test_a_released_contradiction_is_written_once(office: Office) -> None:
    office.put(office.file(1, plan("A", 2)))
    office.put(office.file(2, plan("A", 1)))
    office.run()
    office.release(office.holds()[0].id)
    assert office.run().code == 0
    assert office.versions() == [("A", 2), ("A", 1)]
    assert office.holds() == []
    assert office.run().code == 0
    assert office.versions() == [("A", 2), ("A", 1)]
    assert set(office.states().values()) == {"delivered"}


def test_of_several_released_contents_of_a_plan_the_newest_goes(office: Office) -> None:
    office.put(office.file(1, plan("A", 3)))
    office.put(office.file(2, plan("A", 1)))
    office.put(office.file(3, plan("A", 2)))
    office.run()
    for hold in office.holds():
        office.release(hold.id)
    assert office.run().code == 0
    assert office.versions() == [("A", 3), ("A", 2)]
    assert office.states() == {
        ("A", 3): "delivered",
        ("A", 2): "delivered",
        ("A", 1): "superseded",
    }


def test_a_bad_record_is_held_alone_and_ends_with_a_mended_one(office: Office) -> None:
    name, content = office.file(1, plan("A"), plan("B"), plan("C"))
    bad = _with(content, "B", rb'weeklyHours="[0-9.]+"', b'weeklyHours="Sentinel"')
    office.put((name, bad))
    outcome = office.run()
    assert outcome.code == 1
    assert office.versions() == [("A", 1), ("C", 1)]
    (hold,) = office.holds()
    assert (hold.plan_id, hold.version, hold.reason) == ("B", 1, "format")
    assert "FMT-VALUE" in hold.findings
    assert "Sentinel" not in hold.findings
    assert office.states()[("B", 1)] == "held"
    office.put(office.file(2, plan("B")))
    assert office.run().code == 0
    assert office.holds() == []
    assert office.states()[("B", 1)] == ["superseded", "delivered"]


def _with(content: bytes, plan_id: str, old: bytes, new: bytes) -> bytes:
    start = content.index(f'planRef="{plan_id}"'.encode())
    changed, count = re.subn(old, new, content[start:], count=1)
    assert count == 1
    return content[:start] + changed


def test_no_value_of_a_plan_stands_in_clear(
    small_office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    office = small_office
    sentinel = "Sentinelle"
    person = {**plan("A")["participant"], "ssn": "900123456"}
    person["name"] = {"first": sentinel, "last": "Example"}
    office.put(office.file(1, plan("A", participant=person)))
    office.put(office.file(2, moved(plan("A", participant=person), "Sentinelle goal")))
    assert office.run().code == 1
    told = capfd.readouterr()
    database = (office.folder / "ledger" / "iepbridge.db").read_bytes()
    for secret_ in (sentinel, "900123456", "900-12-3456"):
        assert secret_ not in told.out + told.err
        assert secret_.encode() not in database
    assert sentinel in str(office.taken())


@pytest.mark.parametrize("made", ["as agreed", "for another", "unsigned", "plain"])
def test_only_what_is_sealed_and_signed_as_agreed_is_read(small_office: Office, made: str) -> None:
    office = small_office
    folder = office.folder
    (folder / "own.pgp").write_bytes(bytes(key("own")))
    certificate(folder, "sender")
    office.configure(
        feed='decrypt_with = { file = "own.pgp" }\nverify_with = ["sender.pgp"]',
    )
    name, content = office.file(1, plan("A"))
    to = certificate(folder, "another" if made == "for another" else "own-cert")
    if made != "for another":
        to.write_bytes(bytes(key("own").extract_certificate()))
    sealed = io.BytesIO()
    signed = {} if made == "unsigned" else {"sign_with": secret("sender")}
    encrypt(io.BytesIO(content), sealed, to=[to], **signed)
    office.put((f"{name}.pgp", content if made == "plain" else sealed.getvalue()))
    outcome = office.run()
    if made == "as agreed":
        assert (outcome.code, office.versions()) == (0, [("A", 1)])
    else:
        assert (outcome.code, office.versions()) == (3, [])
        assert list(office.files().values()) == ["refused"]
        assert office.run().code == 0


def test_versions_beyond_every_number_are_held_or_refused(small_office: Office) -> None:
    office = small_office
    name, content = office.file(1, plan("A"), plan("B"))
    office.put((name, _with(content, "A", rb' version="1"', b' version="' + b"9" * 40 + b'"')))
    assert office.run().code in (1, 3)
    assert all(row.version < 2**63 for row in office.rows(select(plan_versions)))


def test_what_is_in_the_ledger_is_the_plan_as_it_was_written(small_office: Office) -> None:
    data = plan("A")
    small_office.put(small_office.file(1, data))
    small_office.run()
    (row,) = small_office.rows(select(plan_versions))
    assert parsed(small_office, row.id) == data
