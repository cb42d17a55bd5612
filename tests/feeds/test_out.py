"""A feed out, on a folder and on a server of each make: what goes, what stays, what is found."""

import datetime
from pathlib import Path

import pytest
from tests.feeds.conftest import Place
from tests.feeds.cutting import Cutting
from tests.feeds.other_side import PATTERNS, Taker, arrived, files_in, found_in
from tests.feeds.site import Data, Site, refs
from tests.feeds.versions import amended

FIRST = "000001"


def sends(site: Site, place: Place, folder: Path, **keys: object) -> None:
    """Configure a feed of TWIST's that sends to a folder."""
    site.endpoint("texas", **{**place.reached(folder), **keys})
    site.out("out", "twist", "texas")


def name_of_first() -> str:
    """Give the name of the first file that goes today."""
    today = datetime.datetime.now(datetime.UTC)
    return f"TWIST_IEP_GCWS_{today:%Y%m%d}_{FIRST}.xml"


def test_new_then_nothing_then_amended(place: Place, site: Site, plans: list[Data]) -> None:
    inbox = place.made("in")
    sends(site, place, inbox)
    one, two, three = plans[:3]
    site.put(one, two)
    first = site.run("out")
    assert (first.code, first.problems) == (0, ())
    assert arrived("twist", inbox) == refs([one, two])
    again = site.run("out")
    assert (again.code, again.counts["plans_unchanged"]) == (0, 2)
    assert len(files_in(inbox)) == 1
    newer = amended(one)
    site.put(newer, two, three)
    assert site.run("out").code == 0
    assert arrived("twist", inbox) == refs([one, two, newer, three])
    assert len(files_in(inbox)) == 2
    assert site.states("out").keys() == {"delivered"}


def test_a_batch_is_a_file_that_its_receiver_alone_reads(
    place: Place, site: Site, plans: list[Data]
) -> None:
    inbox = place.made("in")
    sends(site, place, inbox, marker=".done")
    site.tables["feeds"]["out"]["batch_size"] = 2
    site.put(*plans[:5])
    assert site.run("out").counts["batches_delivered"] == 3
    whole = sorted(path.name for path in inbox.glob(PATTERNS["twist"]))
    assert len(whole) == 3
    assert sorted(files_in(inbox)) == sorted([*whole, *(f"{one}.done" for one in whole)])
    assert {path.stat().st_mode & 0o777 for path in inbox.iterdir()} == {0o600}
    assert arrived("twist", inbox) == refs(plans[:5])


def test_a_file_of_somebody_else_is_never_overwritten(
    place: Place, site: Site, plans: list[Data]
) -> None:
    inbox = place.made("in")
    sends(site, place, inbox)
    site.put(plans[0])
    foreign = inbox / name_of_first()
    foreign.write_bytes(b"somebody else's")
    refused = site.run("out")
    assert refused.code == 6
    assert foreign.name in refused.problems[0]
    assert files_in(inbox) == {foreign.name: b"somebody else's"}
    assert site.states("out") == {"waiting": {refs(plans)[0]: 1}}
    foreign.unlink()
    assert site.run("out").code == 0
    assert arrived("twist", inbox) == refs(plans[:1])


def test_what_is_meant_to_be_overwritten_is(place: Place, site: Site, plans: list[Data]) -> None:
    inbox = place.made("in")
    sends(site, place, inbox, overwrite=True)
    site.put(plans[0])
    (inbox / name_of_first()).write_bytes(b"an old one")
    assert site.run("out").code == 0
    assert arrived("twist", inbox) == refs(plans[:1])
    assert len(files_in(inbox)) == 1


@pytest.mark.parametrize("left", [b"", b"<TwistIep", b"x" * 100_000])
def test_what_an_earlier_try_left_is_in_nobodys_way(
    place: Place, site: Site, plans: list[Data], left: bytes
) -> None:
    inbox = place.made("in")
    sends(site, place, inbox)
    site.put(plans[0])
    (inbox / f"{name_of_first()}.part").write_bytes(left)
    assert site.run("out").code == 0
    assert list(files_in(inbox)) == [name_of_first()]
    assert arrived("twist", inbox) == refs(plans[:1])


@pytest.mark.parametrize("verify", ["digest", "size", "none"])
def test_straight_under_the_final_name(
    place: Place, site: Site, plans: list[Data], verify: str
) -> None:
    inbox = place.made("in")
    sends(site, place, inbox, upload="direct", verify=verify)
    site.put(*plans[:2])
    assert site.run("out").code == 0
    assert site.run("out").counts["plans_unchanged"] == 2
    assert arrived("twist", inbox) == refs(plans[:2])


@pytest.mark.parametrize("done", [True, False])
def test_an_answer_that_was_lost_is_looked_for(
    place: Place, site: Site, plans: list[Data], done: bool
) -> None:
    inbox = place.made("in")
    sends(site, place, inbox, retries=1, retry_wait_seconds=0.01)
    site.put(plans[0])
    cutting = Cutting(done=done)
    outcome = site.run("out", cutting)
    assert outcome.code == (0 if done else 7)
    assert cutting.cuts == (1 if done else 2)
    assert site.run("out").code == 0
    assert arrived("twist", inbox) == refs(plans[:1])
    assert list(files_in(inbox)) == [name_of_first()]
    assert site.states("out") == {"delivered": {refs(plans)[0]: 1}}


def test_a_receiver_that_takes_files_at_once(place: Place, site: Site, plans: list[Data]) -> None:
    inbox, away = place.made("in"), place.made("away")
    sends(site, place, inbox)
    site.tables["feeds"]["out"]["batch_size"] = 1
    site.put(*plans[:4])
    with Taker(inbox, away, PATTERNS["twist"]):
        codes = {site.run("out").code, site.run("out").code}
    assert codes <= {0, 7}
    got = [ref for path in sorted(away.iterdir()) for ref in _found(path)]
    assert sorted(got) == sorted(refs(plans[:4]))
    assert not files_in(inbox)
    assert site.states("out").keys() <= {"delivered", "unknown"}


def test_a_receiver_that_takes_unfinished_files(
    place: Place, site: Site, plans: list[Data]
) -> None:
    inbox, away = place.made("in"), place.made("away")
    sends(site, place, inbox)
    site.put(*plans[:2])
    with Taker(inbox, away, "*"):
        codes = [site.run("out").code for _ in range(3)]
    assert set(codes) <= {0, 7}
    names = [path.name for path in away.iterdir()]
    assert len([name for name in names if name.endswith(".part")]) <= 1
    assert site.states("out").keys() <= {"delivered", "unknown"}


def _found(path: Path) -> list[tuple[str, int]]:
    return found_in("twist", path.read_bytes())
