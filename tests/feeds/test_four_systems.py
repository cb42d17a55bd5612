"""Plans to each of the four systems and back over a real sshd, in clear and by OpenPGP.

plans --out--> sshd --readers of the tests--> answers --acks--> mended, amended --out--> sshd
                 `------------------------------------------------------------------in--> plans
"""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.feeds.conftest import Place, place_of
from tests.feeds.other_side import ANSWERS, CHECKS, PATTERNS, answer, found_in
from tests.feeds.pgp import Pgp
from tests.feeds.site import Data, Ref, Site, refs, registry
from tests.feeds.versions import amended, amended_significantly, mended
from tests.plugins.test_laws import SYSTEMS, arrival_of, assert_comes_back
from tests.servers import openssh

from iepbridge.change import changes, is_significant
from iepbridge.codecs.jsonl import JsonLinesReader
from iepbridge.exchange import Arrival, Envelope
from iepbridge.finding import Loss
from iepbridge.formats import open_writer
from iepbridge.iep_event import Completed
from iepbridge.plan import Plan, plan_data, read_plan

ENVELOPE = Envelope("GCWS", "STATE", 1, "2026-11-02T02:00:00+00:00")


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Give a place that OpenSSH serves."""
    with openssh(tmp_path_factory.mktemp("sshd")) as server:
        yield place_of(server)


class Journey:
    """One system's feeds there and back, and what its own side finds in its folders."""

    def __init__(self, system: str, site: Site, place: Place, pgp: Pgp) -> None:
        self.system, self.site, self.pgp = system, site, pgp
        name = f"{system}{'-pgp' if pgp.wanted else ''}"
        self.inbox, self.outbox = place.made(f"{name}-in"), place.made(f"{name}-out")
        site.endpoint("state", **place.reached(self.inbox))
        site.endpoint("answers", **place.reached(self.outbox), archive="done")
        site.out("out", system, "state", acknowledgements="acks", **pgp.out())
        given = {"system": system, "direction": "acks", "endpoint": "answers"}
        pattern = ANSWERS[system] + pgp.ending
        site.feed("acks", **given, pattern=pattern, **pgp.back())
        given |= {"direction": "in", "endpoint": "state", "destination": "received"}
        pattern = PATTERNS[system] + pgp.ending
        site.feed("back", **given, pattern=pattern, **pgp.back(by="ours", to="theirs"))
        self.files: list[str] = []
        self.updates: set[str] = set()

    def send(self, *plans: Data, code: int = 0) -> list[Ref]:
        """Run the feed out; give the plans that arrived in a new file, if there is one."""
        self.site.put(*plans)
        outcome = self.site.run("out")
        assert (outcome.code, outcome.problems) == (code, ())
        names = {path.name for path in self.inbox.iterdir()}
        new = sorted(names - set(self.files))
        self.files += new
        return [ref for name in new for ref in self.checked(name)]

    def checked(self, name: str) -> list[Ref]:
        """Give the plans of a file, which is one that its document allows under that name."""
        content = self.content(name)
        plain = self.site.base / name.removesuffix(".pgp")
        plain.write_bytes(content)
        complaints = CHECKS[self.system](plain)
        assert [one for one in complaints if not self._is_of_update(one)] == []
        return found_in(self.system, content)

    def _is_of_update(self, complaint: str) -> bool:
        """Say whether it is that an update has no event: the check knows each file alone."""
        own = complaint.removeprefix("plan ").partition(":")[0]
        return own in self.updates and "no ACTIVITY that began" in complaint

    def content(self, name: str) -> bytes:
        """Give what a file says."""
        content = (self.inbox / name).read_bytes()
        assert name.endswith(".pgp") == self.pgp.wanted
        return self.pgp.opened(content)

    def answered(self, *rejected: Ref) -> int:
        """Answer the last file, rejecting some of its plans; give the exit code of the feed."""
        file = self.files[-1]
        here = self.site.base / "answer"
        here.mkdir(exist_ok=True)
        plain = file.removesuffix(".pgp")
        statuses = {
            ref: "rejected" if ref in rejected else "accepted" for ref in self.checked(file)
        }
        name = answer(self.system, here, plain, statuses)  # type: ignore[arg-type]
        sealed = self.pgp.sealed((here / name).read_bytes())
        (self.outbox / f"{name}{self.pgp.ending}").write_bytes(sealed)
        return self.site.run("acks").code

    def back(self) -> list[Arrival]:
        """Run the feed in on what was sent; give the plans that it wrote."""
        outcome = self.site.run("back")
        assert (outcome.code, outcome.problems) == (0, ())
        return [one for path in sorted(self._received()) for one in _plans(path)]

    def _received(self) -> Iterator[Path]:
        return (self.site.base / "received").glob("*.jsonl")


def _plans(path: Path) -> list[Arrival]:
    with path.open("rb") as stream:
        return list(JsonLinesReader().read(stream))


def losses_of(system: str, data: Data, before: Data | None) -> list[Loss]:
    """Give the loss lines of a version, written where the system had another one before."""
    adapter = registry().adapter(system)

    def complete(plan: Plan) -> Completed:
        if before is None or adapter.update is None:
            return adapter.complete(plan)
        previous = read_plan(before)
        significant = is_significant(changes(previous, plan), adapter.significant, plan)
        return adapter.update(plan, previous, significant)

    stream = io.BytesIO()
    writer = open_writer(system, registry(), stream, ENVELOPE, losses=True, complete=complete)
    written = writer.add(arrival_of(data))
    writer.finish()
    assert written.findings == ()
    return list(written.losses)


def events(arrival: Arrival) -> int:
    """Count the IEP events of a plan."""
    assert arrival.plan is not None
    services = plan_data(arrival.plan).get("services") or ()
    return sum(one["category"] == "iep_development" for one in services)


@pytest.mark.parametrize("wanted", [False, True], ids=["clear", "openpgp"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_there_and_back(
    system: str, wanted: bool, sshd: Place, site: Site, plans: list[Data]
) -> None:
    journey = Journey(system, site, sshd, Pgp(site.base, wanted))
    one, two, three, four = plans[:4]
    assert journey.send(one, two, three, four) == refs([one, two, three, four])
    assert journey.answered(*refs([two])) == 1
    assert site.states("out")["held"] == {refs([two])[0]: 1}
    assert journey.send(one, two, three, four, code=1) == []

    two_mended = mended(two)
    assert journey.send(one, two_mended, three, four) == refs([two])
    assert journey.answered() == 0

    slightly, significantly = amended(three), amended_significantly(four)
    newer = [slightly, significantly]
    journey.updates = {slightly["plan_id"]}
    assert journey.send(one, two_mended, *newer) == refs(newer)
    assert journey.answered() == 0
    assert journey.send(one, two_mended, *newer) == []
    delivered = refs([one, two_mended, three, four, *newer])
    assert site.states("out")["delivered"] == dict.fromkeys(delivered, 1)

    sent = [(one, None), (two, None), (three, None), (four, None), (two_mended, None)]
    sent += [(slightly, three), (significantly, four)]
    came = journey.back()
    for (data, before), arrival in zip(sent, came, strict=True):
        assert_comes_back(system, data, losses_of(system, data, before), arrival)
    if system == "icc":
        given = [events(arrival_of(data)) for data, _ in sent]
        assert events(came[5]) == given[5]
        assert events(came[6]) == given[6] + 1
