"""The answers that the sandbox writes, read by the adapters: each says what was meant."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.feeds.site import registry

from iepbridge.acknowledgement import Acknowledgement
from iepbridge.sandbox import SYSTEMS
from iepbridge.sandbox.parcel import Fault, FoundPlan, Spot
from iepbridge.sandbox.reply import Reply, Said, worst

STEMS = {name: one.file_name("GCWS", "20261102", 17) for name, one in SYSTEMS.items()}
SPOTS = {
    "twist": ("Customer[2]/Person/Suffix", ""),
    "toolbox": ("GoalsAndBarriers", "G-1"),
    "icc": ("GOAL.txt", "3"),
    "cwds": ("000012", "Title"),
}
TEXTS = st.from_regex(r"[!-~]([ -~]{0,30}[!-~])?", fullmatch=True)


def stem(system: str) -> str:
    return STEMS[system].removesuffix(SYSTEMS[system].ending)


def read(system: str, reply: Reply) -> Acknowledgement:
    adapter = registry().adapter(system)
    assert adapter.acknowledgements is not None
    one = SYSTEMS[system]
    name = one.answer_name(reply.stem, reply.part)
    return adapter.acknowledgements.read(io.BytesIO(one.write(reply)), name)


def said(system: str) -> st.SearchStrategy[Said]:
    """Give an answer to a plan, with faults where there must be some."""
    spot = Spot(*SPOTS[system])
    ids = st.text("ABCxyz012-_", min_size=1, max_size=36)
    found = st.builds(
        lambda plan_id, version: FoundPlan(plan_id, version, "0", spot, "123"),
        ids,
        st.integers(1, 9999),
    )
    fault = st.builds(lambda text, warning: Fault("E-1", text, spot, warning), TEXTS, st.booleans())
    faults = st.lists(fault, min_size=1, max_size=3)
    bad = st.tuples(found, st.sampled_from(["warnings", "rejected"]), faults.map(tuple))
    return bad.map(lambda one: Said(*one)) | found.map(lambda one: Said(one, "accepted"))


@pytest.mark.parametrize("system", SYSTEMS)
@settings(max_examples=30)
@given(st.data())
def test_each_plan_gets_its_answer(system: str, data: st.DataObject) -> None:
    unique = {"unique_by": lambda one: one.plan.plan_id}
    plans = tuple(data.draw(st.lists(said(system), max_size=4, **unique)))
    part = data.draw(st.none() | st.integers(1, 3))
    made = Reply(stem(system), 17, "2026-11-02T08:00:00+00:00", worst(plans), 9, plans, part=part)
    got = read(system, made)
    assert (got.batch, got.sequence, got.part, got.status) == (made.stem, 17, part, made.result)
    named = {one.plan_id: (one.version, one.status) for one in got.answers}
    wanted = {
        one.plan.plan_id: (one.plan.version, one.result)
        for one in plans
        if one.result != "accepted" or system != "icc" or part is not None
    }
    assert named == wanted
    assert got.closes_unnamed == (system == "icc" and part is None)
    codes = {one.plan_id: [message.code for message in one.messages] for one in got.answers}
    for one in plans:
        if one.result != "accepted":
            assert codes[one.plan.plan_id] == ["E-1"] * len(one.faults)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_file_that_is_refused_has_one_message_and_no_plan(system: str) -> None:
    faults = (Fault("COUNT", 'The count | is not "right".'),)
    made = Reply(stem(system), 17, "2026-11-02T08:00:00+00:00", "rejected", faults=faults)
    got = read(system, made)
    assert (got.status, got.answers, got.batch) == ("rejected", (), made.stem)
    assert [one.text for one in got.messages] == [faults[0].text]
