"""What comes back, on a folder and on servers of each make: files of plans, and answers."""

import io
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.feeds.conftest import Place
from tests.feeds.cutting import Cutting
from tests.feeds.other_side import ANSWERS, PATTERNS, answer, arrived, files_in
from tests.feeds.site import Data, Ref, Site, refs, registry
from tests.feeds.versions import amended, mended
from tests.plugins.test_laws import arrival_of

from iepbridge.codecs.jsonl import JsonLinesReader
from iepbridge.exchange import Envelope
from iepbridge.formats import file_name, open_writer

CREATED = "2026-11-02T02:00:00+00:00"


def file_of(system: str, sequence: int, plans: Sequence[Data]) -> tuple[str, bytes]:
    """Give name and content of a file that a system sends us."""
    envelope = Envelope("STATE", "GCWS", sequence, CREATED)
    stream = io.BytesIO()
    writer = open_writer(system, registry(), stream, envelope, losses=False)
    for plan in plans:
        assert not writer.add(arrival_of(plan)).findings
    writer.finish()
    return file_name(registry().adapter(system), envelope), stream.getvalue()


def put(folder: Path, sequence: int, *plans: Data, system: str = "twist") -> Path:
    """Let a system's file stand in a folder."""
    name, content = file_of(system, sequence, plans)
    (folder / name).write_bytes(content)
    return folder / name


def reads(site: Site, place: Place, folder: Path, **keys: object) -> Path:
    """Configure a feed of TWIST's that reads from a folder; give its destination."""
    site.endpoint("texas", **{**place.reached(folder), **keys})
    feed = {"direction": "in", "system": "twist", "endpoint": "texas"}
    site.feed("in", **feed, pattern=PATTERNS["twist"], destination="received")
    return site.base / "received"


def taken(destination: Path) -> list[Ref]:
    """Give the plans that were written to the destination."""
    found = []
    for path in sorted(destination.glob("*.jsonl")):
        with path.open("rb") as stream:
            for arrival in JsonLinesReader().read(stream):
                assert arrival.plan is not None
                found.append((arrival.plan.plan_id, arrival.plan.version))
    return found


def test_files_are_taken_once_and_archived(place: Place, site: Site, plans: list[Data]) -> None:
    outbox = place.made("out")
    destination = reads(site, place, outbox, archive="done")
    if place.make == "folder":
        site.tables["endpoints"]["texas"]["archive"] = str(outbox / "done")
    names = {put(outbox, 1, *plans[:2]).name, put(outbox, 2, plans[2]).name}
    first = site.run("in")
    assert (first.code, first.problems) == (0, ())
    assert taken(destination) == refs(plans[:3])
    assert files_in(outbox) == {}
    assert files_in(outbox / "done").keys() == names
    put(outbox, 3, amended(plans[0]))
    assert site.run("in").code == 0
    assert taken(destination) == [*refs(plans[:3]), *refs([amended(plans[0])])]
    assert len(files_in(outbox / "done")) == 3


def test_files_that_stay_are_not_taken_again(place: Place, site: Site, plans: list[Data]) -> None:
    outbox = place.made("out")
    destination = reads(site, place, outbox)
    whole = put(outbox, 1, *plans[:2])
    (outbox / f"{whole.name}.part").write_bytes(b"<Twist")
    assert [site.run("in").code for _ in range(2)] == [0, 0]
    assert taken(destination) == refs(plans[:2])
    assert len(files_in(outbox)) == 2


def test_a_file_that_grows_is_left_until_it_is_whole(
    place: Place, site: Site, plans: list[Data]
) -> None:
    outbox = place.made("out")
    destination = reads(site, place, outbox, settle_seconds=0.4)
    name, content = file_of("twist", 1, plans[:2])
    growing = outbox / name
    growing.write_bytes(content[:100])
    ended = threading.Event()

    def grow() -> None:
        while not ended.wait(0.02):
            with growing.open("ab") as file:
                file.write(b" ")

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        outcome = site.run("in")
    finally:
        ended.set()
        thread.join()
    assert (outcome.code, outcome.counts["files_not_settled"]) == (0, 1)
    assert not destination.exists() or not taken(destination)
    growing.write_bytes(content)
    assert site.run("in").code == 0
    assert taken(destination) == refs(plans[:2])


def test_a_file_with_a_marker_is_taken_and_both_go(
    place: Place, site: Site, plans: list[Data]
) -> None:
    outbox = place.made("out")
    destination = reads(site, place, outbox, marker=".done", delete=True)
    first = put(outbox, 1, plans[0])
    assert site.run("in").counts.get("files_read", 0) == 0
    first.with_name(f"{first.name}.done").touch()
    assert site.run("in").code == 0
    assert taken(destination) == refs(plans[:1])
    assert files_in(outbox) == {}


def test_a_gap_waits_and_a_bad_file_is_refused_once(
    place: Place, site: Site, plans: list[Data]
) -> None:
    outbox = place.made("out")
    destination = reads(site, place, outbox)
    put(outbox, 1, plans[0])
    put(outbox, 3, plans[2])
    name, content = file_of("twist", 4, [plans[3]])
    (outbox / name).write_bytes(content[:-200])
    assert site.run("in").code == 1
    assert taken(destination) == refs(plans[:1])
    put(outbox, 2, plans[1])
    assert [site.run("in").code for _ in range(2)] == [3, 0]
    assert taken(destination) == refs(plans[:3])


def sent(site: Site, place: Place, inbox: Path, plans: Sequence[Data]) -> str:
    """Send plans, with a feed for their answers configured too; give the file's name."""
    site.endpoint("texas", **place.reached(inbox))
    site.out("out", "twist", "texas", acknowledgements="acks")
    site.put(*plans)
    assert site.run("out").code == 0
    (name,) = (path.name for path in inbox.glob(PATTERNS["twist"]))
    return name


def hears(site: Site, place: Place, folder: Path, **keys: object) -> None:
    """Configure the feed of answers."""
    site.endpoint("texas-out", **{**place.reached(folder), **keys})
    feed = {"direction": "acks", "system": "twist", "endpoint": "texas-out"}
    site.feed("acks", **feed, pattern=ANSWERS["twist"])


@pytest.mark.parametrize("after", ["archive", "delete", "stay"])
def test_what_was_rejected_goes_again_once_it_is_mended(
    place: Place, site: Site, plans: list[Data], after: str
) -> None:
    inbox, outbox = place.made("in"), place.made("out")
    keys = {"archive": {"archive": str(outbox / "done")}, "delete": {"delete": True}, "stay": {}}
    hears(site, place, outbox, **keys[after])
    one, two, three = plans[:3]
    file = sent(site, place, inbox, [one, two, three])
    first, second, third = refs([one, two, three])
    told = answer("twist", outbox, file, {first: "accepted", second: "rejected", third: "warnings"})
    heard = site.run("acks")
    assert heard.code == 1
    assert [heard.counts[f"plans_{one}"] for one in ("accepted", "warnings", "rejected")] == [1] * 3
    assert site.states("out") == {"delivered": {first: 1, third: 1}, "held": {second: 1}}
    assert list(files_in(outbox)) == ([told] if after == "stay" else [])
    assert (outbox / "done" / told).exists() == (after == "archive")
    assert site.run("acks").counts.get("files_read", 0) == 0
    assert site.run("out").counts.get("batches_made", 0) == 0
    assert arrived("twist", inbox) == refs([one, two, three])
    site.put(one, mended(two), three)
    assert site.run("out").counts["plans_delivered"] == 1
    assert arrived("twist", inbox) == [*refs([one, two, three]), second]
    again = max(path.name for path in inbox.glob(PATTERNS["twist"]))
    answer("twist", outbox, again, [second])
    assert site.run("acks").code == 0
    states = site.states("out")
    assert states["delivered"] == {first: 1, second: 1, third: 1}
    assert states.keys() <= {"delivered", "superseded"}


def test_answers_in_parts_twice_late_and_of_strangers(
    place: Place, site: Site, plans: list[Data]
) -> None:
    inbox, outbox = place.made("in"), place.made("out")
    hears(site, place, outbox)
    file = sent(site, place, inbox, plans[:3])
    first, second, third = refs(plans[:3])
    newer = amended(plans[0])
    site.put(newer, *plans[1:3])
    assert site.run("out").code == 0
    answer("twist", outbox, file, {first: "rejected"}, part=1)
    answer("twist", outbox, file, {second: "accepted", ("nobody", 1): "accepted"}, part=2)
    foreign = file.replace("GCWS", "OTHER")
    answer("twist", outbox, foreign, [third])
    heard = site.run("acks")
    assert heard.counts["plans_foreign_files"] == 1
    assert heard.counts["plans_foreign"] >= 1
    states = site.states("out")
    assert states["delivered"] == {**dict.fromkeys([second, third], 1), refs([newer])[0]: 1}
    assert states["superseded"] == {first: 1}
    name = answer("twist", outbox, file, {second: "accepted"}, part=2)
    (outbox / name).touch()
    site.run("acks")
    assert site.states("out") == states


def test_an_answer_settles_what_was_unknown(place: Place, site: Site, plans: list[Data]) -> None:
    inbox, outbox = place.made("in"), place.made("out")
    hears(site, place, outbox)
    site.endpoint("texas", **place.reached(inbox))
    site.out("out", "twist", "texas", acknowledgements="acks")
    site.put(plans[0])
    gone = Cutting(done=True, taken=inbox)
    assert site.run("out", gone).code == 7
    assert site.states("out") == {"unknown": {refs(plans)[0]: 1}}
    assert site.run("out").code == 7
    assert site.run("out").code == 7
    assert not files_in(inbox)
    answer("twist", outbox, gone.name, refs(plans[:1]))
    assert site.run("acks").code == 0
    assert site.states("out") == {"delivered": {refs(plans)[0]: 1}}
    assert site.run("out").code == 0
    assert not files_in(inbox)
