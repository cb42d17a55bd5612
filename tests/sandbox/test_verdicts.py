"""What the seed decides: the same each time, in the shares asked for, and never against a mend."""

from hypothesis import given
from hypothesis import strategies as st

from iepbridge.sandbox import Shares
from iepbridge.sandbox.parcel import Fault, FoundPlan, Spot
from iepbridge.sandbox.verdicts import Verdicts

SPOT = Spot("Customer/ServicePlan")


def plan(number: int, digest: str = "one", *faults: Fault) -> FoundPlan:
    return FoundPlan(f"P-{number}", 1, digest, SPOT, faults=faults)


@given(st.integers(0, 10**12), st.integers(0, 1000))
def test_a_mended_plan_passes_and_the_same_content_does_not(seed: int, number: int) -> None:
    verdicts = Verdicts(seed, Shares(rejected=1, warned=0))
    first = verdicts.plan("twist", plan(number), None)
    assert (first.result, first.by_chance) == ("rejected", True)
    assert verdicts.plan("twist", plan(number), "one") == first
    assert verdicts.plan("twist", plan(number, "two"), "one").result == "accepted"


def test_the_shares_are_those_asked_for_and_depend_on_the_seed() -> None:
    results = {}
    for seed in (1, 2):
        verdicts = Verdicts(seed, Shares(rejected=0.1, warned=0.3))
        results[seed] = [verdicts.plan("icc", plan(one), None).result for one in range(4000)]
        assert 300 < results[seed].count("rejected") < 500
        assert 900 < results[seed].count("warnings") < 1250
        again = [verdicts.plan("icc", plan(one), None).result for one in range(4000)]
        assert again == results[seed]
    assert results[1] != results[2]


def test_faults_decide_before_the_seed() -> None:
    verdicts = Verdicts(1, Shares(0, 0, 0))
    grave, slight = Fault("CODE", "No code."), Fault("WIS02", "None.", warning=True)
    told = verdicts.plan("cwds", plan(1, "one", grave, slight), None)
    assert (told.result, told.by_chance, len(told.faults)) == ("rejected", False, 2)
    assert verdicts.plan("cwds", plan(1, "one", slight), None).result == "warnings"
    nameless = FoundPlan("", None, "one", SPOT)
    assert verdicts.plan("cwds", nameless, None).result == "rejected"


def test_answers_are_late_as_asked_for() -> None:
    names = [f"file-{number}" for number in range(1000)]
    some, every = Verdicts(3), Verdicts(3, all_late=True)
    late = [some.delay("twist", name) for name in names]
    assert 120 < sum(map(bool, late)) < 290
    assert {every.delay("twist", name) for name in names} == {1, 2, 3}
    assert {some.parts("twist", name, 9) for name in names} == {2, 3}
    assert some.parts("twist", "file", 0) == 1
