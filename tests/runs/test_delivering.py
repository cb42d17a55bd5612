"""One file to an endpoint where any two calls go wrong: what is told is what the receiver got."""

import contextlib
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

import pytest
from tests.fakes.endpoint import (
    AFTER,
    BEFORE,
    FAILED,
    FAULTS,
    HALF,
    LATE,
    REFUSED,
    SHORT,
    FakeEndpoint,
    Killed,
    Receiver,
)
from tests.fakes.record import FakeRecord

from iepbridge.delivering import ARRIVED, FOUND, Parcel, deliver
from iepbridge.errors import OutcomeUnknown, Refused, Unreachable
from iepbridge.settings import EndpointSettings
from iepbridge.transports import NotThere

NAME = "TWIST_IEP_GCWS_20261102_000001.xml"
CONTENT = b"a file of plans, not a short one"
PARCEL = Parcel(
    NAME,
    len(CONTENT),
    hashlib.sha256(CONTENT).digest(),
    lambda: contextlib.nullcontext(io.BytesIO(CONTENT)),
)
OTHER = b"of somebody else, and as long..."

UPLOADS = ("rename", "direct")
VERIFIES = ("digest", "size", "none")
MARKERS = (None, ".done")
NAMING = ("rename", "replace")
CUTS = (BEFORE, AFTER, HALF, *LATE)


def settings(upload: str = "rename", verify: str = "digest", **more: object) -> EndpointSettings:
    """Give an endpoint that tries three times, at once."""
    given = {"retries": 2, "retry_wait_seconds": 1e-6, "retry_wait_most_seconds": 1e-6, **more}
    return EndpointSettings(name="texas", url="file:texas", upload=upload, verify=verify, **given)


@dataclass
class Delivery:
    """A file on its way, run after run, until nothing changes any more."""

    settings: EndpointSettings
    endpoint: FakeEndpoint
    record: FakeRecord = field(default_factory=FakeRecord)

    def run(self) -> str:
        """Deliver once; give what was told: arrived, found, or the kind of the error."""
        try:
            return deliver(PARCEL, self.settings, self.endpoint.open, self.record)
        except (OutcomeUnknown, Refused, Unreachable, Killed) as error:
            return type(error).__name__
        finally:
            self.record = self.record.anew()

    @property
    def whole(self) -> int:
        """Count the whole files that the receiver got, or finds."""
        there = list(self.endpoint.files.items())
        return (self.endpoint.receiver.got + there).count((NAME, CONTENT))


DELIVERED = (ARRIVED, FOUND)


def faults_of(
    endpoint: EndpointSettings, receiver: Mapping[str, object], most: int
) -> Iterator[tuple[Delivery, str]]:
    """Deliver with every choice of up to `most` faults, each at a call that is really made."""
    usual = endpoint.verify == "none"  # where nothing is looked at, a server that lies is believed
    kinds = [one for one in FAULTS if not (usual and one == SHORT)]

    def with_faults(faults: dict[int, str], first: int) -> Iterator[tuple[Delivery, str]]:
        delivery = Delivery(endpoint, FakeEndpoint(faults, Receiver(**receiver)))
        told = delivery.run()
        calls = len(delivery.endpoint.calls)
        yield delivery, told
        if len(faults) < most:
            for place, kind in product(range(first, calls + 1), kinds):
                yield from with_faults({**faults, place: kind}, place + 1)

    yield from with_faults({}, 1)


def check_told(delivery: Delivery, told: str) -> None:
    """What was told after one run is true."""
    endpoint, rename = delivery.endpoint, delivery.settings.upload == "rename"
    assert delivery.whole <= 1
    if rename:
        assert {content for name, content in endpoint.stood if name == NAME} <= {CONTENT}
    if told in DELIVERED:
        assert delivery.whole == 1
    elif told in ("Unreachable", "Interrupted"):
        assert delivery.whole == 0
        assert not delivery.record.may_be_named
    elif told == "Refused":
        assert delivery.whole == 0 or delivery.record.may_be_named
    elif told == "OutcomeUnknown":
        assert delivery.record.may_be_named
        assert can_not_be_told(delivery)


def can_not_be_told(delivery: Delivery) -> bool:
    """Say whether an answer that mattered was lost, or the file was taken before it was proven."""
    endpoint, settings = delivery.endpoint, delivery.settings
    lost = [call for call, fault in endpoint.fired if fault in (*CUTS, FAILED, SHORT)]
    cut = [call for call, fault in endpoint.fired if fault in CUTS]
    if settings.upload == "direct":
        return bool(lost) or (settings.verify != "none" and endpoint.receiver.takes)
    if settings.marker:
        return any(call in (*NAMING, "look", "mark") for call in lost)
    return not endpoint.renamed and any(call in NAMING for call in cut)


def check_settled(delivery: Delivery, told: str) -> None:
    """Runs without a fault settle it, and it stays so."""
    delivery.endpoint.faults = {}
    delivery.endpoint.settle()
    last = [delivery.run() for _ in range(2)][-1]
    assert delivery.whole <= 1
    gone = not any(delivery.endpoint.files)
    if delivery.endpoint.receiver.takes or (delivery.settings.upload == "direct" and gone):
        assert last in (*DELIVERED, "OutcomeUnknown")
        assert last == "OutcomeUnknown" or delivery.whole == 1
    else:
        assert (last, delivery.whole) == (FOUND, 1)
        assert f"{NAME}.part" not in delivery.endpoint.files


def check_all(endpoint: EndpointSettings, most: int, **receiver: object) -> int:
    count = 0
    for delivery, told in faults_of(endpoint, receiver, most):
        faults = dict(delivery.endpoint.faults)
        try:
            check_told(delivery, told)
            check_settled(delivery, told)
        except AssertionError as error:
            calls = " ".join(delivery.endpoint.calls)
            pytest.fail(f"{faults} -> {told}; {calls}\n{error}")
        count += 1
    return count


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("verify", VERIFIES)
@pytest.mark.parametrize("upload", UPLOADS)
def test_no_fault_leads_to_loss_or_doubles(upload: str, verify: str, marker: str | None) -> None:
    assert check_all(settings(upload, verify, marker=marker), 1) > 30


@pytest.mark.parametrize("patience", [0, 1, 2])
@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("verify", VERIFIES)
@pytest.mark.parametrize("upload", UPLOADS)
def test_no_fault_deceives_where_files_are_taken(
    upload: str, verify: str, marker: str | None, patience: int
) -> None:
    endpoint = settings(upload, verify, marker=marker)
    assert check_all(endpoint, 1, takes=True, marker=marker, patience=patience) > 30


@pytest.mark.parametrize("takes", [False, True])
def test_no_two_faults_lead_to_loss_or_doubles(takes: bool) -> None:
    assert check_all(settings(), 2, takes=takes) > 2_000


@pytest.mark.long
@pytest.mark.parametrize(("takes", "patience"), [(False, 0), (True, 0), (True, 2)])
@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("verify", VERIFIES)
@pytest.mark.parametrize("upload", UPLOADS)
def test_no_two_faults_anywhere(
    upload: str, verify: str, marker: str | None, takes: bool, patience: int
) -> None:
    endpoint = settings(upload, verify, marker=marker)
    receiver = {"takes": takes, "marker": marker, "patience": patience}
    assert check_all(endpoint, 2, **receiver) > 500


@pytest.mark.parametrize("verify", VERIFIES)
def test_overwriting_changes_nothing_of_that(verify: str) -> None:
    assert check_all(settings(verify=verify, overwrite=True), 1) > 30


def told_of(delivery: Delivery) -> str:
    """Deliver, and give the message of the error."""
    with pytest.raises((OutcomeUnknown, Refused, Unreachable)) as caught:
        deliver(PARCEL, delivery.settings, delivery.endpoint.open, delivery.record)
    return f"{type(caught.value).__name__}: {caught.value}"


def test_a_file_of_somebody_else_is_left_alone_and_gives_way_once_it_is_gone() -> None:
    delivery = Delivery(settings(), FakeEndpoint(files={NAME: OTHER}))
    assert "with other content is there already" in told_of(delivery)
    assert delivery.endpoint.files == {NAME: OTHER}
    del delivery.endpoint.files[NAME]
    assert (delivery.run(), delivery.whole) == (ARRIVED, 1)


def test_a_name_that_is_taken_meanwhile_is_not_taken_for_ours() -> None:
    """The rename finds it taken: nothing was named, and that is known."""
    endpoint = FakeEndpoint()
    delivery = Delivery(settings(), endpoint)
    endpoint.before["rename"] = lambda: endpoint.files.update({NAME: OTHER})
    assert told_of(delivery).startswith("Refused:")
    assert not delivery.record.may_be_named
    endpoint.before.clear()
    endpoint.files.clear()
    assert (delivery.run(), delivery.whole) == (ARRIVED, 1)


def test_a_name_that_was_taken_and_is_free_again_may_have_been_ours() -> None:
    endpoint = FakeEndpoint()
    delivery = Delivery(settings(), endpoint)

    def appear() -> None:
        endpoint.files[NAME] = CONTENT
        endpoint.before["digest"] = endpoint.files.clear

    endpoint.before["rename"] = appear
    assert told_of(delivery).startswith("OutcomeUnknown:")
    assert delivery.record.may_be_named


@pytest.mark.parametrize("upload", UPLOADS)
def test_overwriting_replaces_a_file_of_that_name(upload: str) -> None:
    endpoint = FakeEndpoint(files={NAME: OTHER})
    delivery = Delivery(settings(upload, overwrite=True), endpoint)
    assert delivery.run() == ARRIVED
    assert endpoint.files == {NAME: CONTENT}


@pytest.mark.parametrize("verify", VERIFIES)
def test_who_takes_unfinished_files_gets_none_of_them_twice(verify: str) -> None:
    receiver = Receiver(takes=True, takes_temporary=True)
    delivery = Delivery(settings(verify=verify), FakeEndpoint(receiver=receiver))
    assert [delivery.run() for _ in range(3)] == ["OutcomeUnknown"] * 3
    assert receiver.got == [(f"{NAME}.part", CONTENT)]


def test_a_confirmed_name_is_a_delivery_though_nobody_could_look_again() -> None:
    faults = {6: BEFORE, 7: BEFORE}
    delivery = Delivery(settings(), FakeEndpoint(faults))
    assert delivery.run() == ARRIVED
    assert delivery.endpoint.calls[4:] == ["rename", "look", "open"]


def test_messages_say_what_is_known() -> None:
    gone = Delivery(settings(), FakeEndpoint({5: AFTER}, Receiver(takes=True)))
    assert "neither it nor its temporary file is there" in told_of(gone)
    unseen = Delivery(settings(), FakeEndpoint({5: AFTER, 6: BEFORE}))
    assert "could not be looked for since. open: before" in told_of(unseen)
    cut = Delivery(settings(), FakeEndpoint({3: HALF, 4: BEFORE}))
    assert told_of(cut).startswith(f"Unreachable: {NAME} was not delivered: open: before")
    short = Delivery(settings(), FakeEndpoint({3: SHORT}))
    assert "what arrived is not what was sent" in told_of(short)


def test_each_retry_waits_and_their_number_is_the_endpoints() -> None:
    endpoint = settings(retries=3)
    delivery = Delivery(endpoint, FakeEndpoint({2: BEFORE, 4: BEFORE, 6: BEFORE, 8: BEFORE}))
    assert delivery.run() == "Unreachable"
    assert delivery.endpoint.calls == ["open", "look"] * 4


def test_what_is_refused_is_not_tried_again() -> None:
    delivery = Delivery(settings(), FakeEndpoint({1: REFUSED}))
    assert (delivery.run(), delivery.endpoint.calls) == ("Refused", ["open"])


@pytest.mark.parametrize("upload", UPLOADS)
@pytest.mark.parametrize("call", ["upload", "mark"])
def test_a_folder_that_goes_away_is_told(upload: str, call: str) -> None:
    def gone() -> None:
        raise NotThere(NAME)

    endpoint = FakeEndpoint(before={call: gone})
    own = settings(upload, marker=".done")
    with pytest.raises((Refused, OutcomeUnknown), match="folder"):
        deliver(PARCEL, own, endpoint.open, FakeRecord())
