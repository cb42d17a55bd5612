"""Every field of the canonical page is taken, of its own type alone."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from tests.plan.examples import DROP, FULL, SMALLEST, changed, pattern, refusals

from iepbridge.plan import plan_data, read_plan
from iepbridge.plan.paths import leaves
from iepbridge.plan.shape import ROOT, Fields, Item, Leaf, Map, Shape, parse_path, shape_at

CODES = {
    "program": "wioa_adult wioa_dislocated_worker wioa_youth tanf_cap tanf_mwa other",
    "status": "draft active closed",
    "development.mode": "in_person telephone video",
    "participation_hours.per": "week month",
    "participant.sex": "male female not_disclosed",
    "participant.household.type": "single_parent two_parent no_dependents",
    "participant.education_level": "none grade_school some_high_school high_school ged some_college"
    " certificate associate bachelor graduate",
    "participant.employment_status": "employed underemployed notice_received unemployed"
    " not_in_labor_force",
    "credentials[0].kind": "degree certificate license",
    "work_history[0].reason_for_leaving": "still_employed quit laid_off fired ended other",
    "family_members[0].relation": "spouse partner child stepchild parent sibling grandchild"
    " other_relative unrelated",
    "assessments[0].instrument": "careerscope torq tabe onet other",
    "goals[0].kind": "employment education",
    "goals[1].category": "comprehensive_assessment career_planning training_services"
    " job_search_services",
    "goals[0].status": "open achieved not_achieved withdrawn",
    "goals[0].actions[0].responsible": "participant staff program service_provider partner other",
    "barriers[0].category": "assistive_technology basic_skills childcare criminal_record disability"
    " domestic_violence english_language financial health housing job_readiness_skills"
    " job_retention_skills job_search_skills legal occupational_skills substance_use"
    " transportation work_history other",
    "services[0].category": "iep_development comprehensive_assessment career_planning job_search"
    " job_readiness occupational_training on_the_job_training work_experience adult_education"
    " english_language apprenticeship customized_training internship follow_up"
    " supportive_childcare supportive_housing supportive_other supportive_transportation"
    " supportive_work_expense financial_literacy other",
    "services[0].outcome": "successful unsuccessful",
    "activities[0].kind": "unsubsidized_employment subsidized_employment work_experience"
    " on_the_job_training job_search_readiness community_service vocational_education"
    " job_skills_training education_for_employment secondary_school"
    " childcare_for_community_service other",
    "case_notes[0].about": "iep_development iep_update career_exploration progress incentive other",
    "reviews[0].trigger": "service_completed scheduled significant_change exit",
    "signatures[0].role": "participant case_manager guardian",
    "signatures[0].method": "wet electronic telephone",
}
CLUSTERS = (
    "Agriculture, Food & Natural Resources",
    "Architecture & Construction",
    "Arts, A/V Technology & Communications",
    "Business Management & Administration",
    "Education & Training",
    "Finance",
    "Government & Public Administration",
    "Health Science",
    "Hospitality & Tourism",
    "Human Services",
    "Information Technology",
    "Law, Public Safety, Corrections & Security",
    "Manufacturing",
    "Marketing",
    "Science, Technology, Engineering & Mathematics",
    "Transportation, Distribution & Logistics",
)
REQUIRED = (
    "schema",
    "plan_id",
    "version",
    "program",
    "status",
    "participant.name",
    "participant.name.first",
    "participant.name.last",
    "participant.former_names[0].name",
    "participant.former_names[0].name.first",
    "participant.veteran.is_veteran",
    "case_manager.name.last",
    "family_members[0].name.first",
    "assessments[0].instrument",
    "goals[0].goal_id",
    "goals[0].term",
    "goals[0].kind",
    "goals[0].actions[1].action_id",
    "barriers[1].barrier_id",
    "barriers[0].category",
    "services[1].service_id",
    "services[0].category",
    "activities[0].activity_id",
    "activities[0].kind",
    "case_notes[0].note_id",
    "case_notes[0].about",
    "reviews[0].trigger",
    "signatures[0].role",
)
FULL_LEAVES = dict(leaves(FULL))
TYPED = [path for path in FULL_LEAVES if path != "work_history[1]"]
PARTS = {path.rpartition(".")[0] for path in FULL_LEAVES}
CLOSED_PARTS = sorted(
    part for part in PARTS if not part.startswith(("extensions", "participant.identifiers"))
)
OF_NO_KIND: tuple[object, ...] = (True, 7, Decimal("1.5"), "x", "", "\n", {"x": 1}, [1], {}, [])
FITTING: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "code": (),
    "date": (),
    "number": (int, Decimal),
    "integer": (int,),
    "flag": (bool,),
}


def all_leaves(shape: Shape, path: str) -> Iterator[str]:
    """Walk the model for the paths of its leaves."""
    if isinstance(shape, Leaf):
        yield path
    elif isinstance(shape, Item):
        yield from all_leaves(shape.of, f"{path}[]")
    elif isinstance(shape, Map):
        yield from all_leaves(shape.of, f"{path}.{{}}")
    elif isinstance(shape, Fields):
        for name, inner in shape.fields().items():
            yield from all_leaves(inner, f"{path}.{name}" if path else name)


def kind_at(path: str) -> str:
    """Say of what kind the leaf at a path of the example is."""
    if path.startswith(("extensions", "participant.identifiers")):
        return "text"
    shape = shape_at(parse_path(pattern(path)) or ())
    assert isinstance(shape, Leaf)
    return shape.kind


def test_the_example_has_every_field_and_is_taken() -> None:
    assert {pattern(path) for path in FULL_LEAVES} - {"work_history[]"} == set(all_leaves(ROOT, ""))
    assert refusals(FULL) == []


def test_the_smallest_plan_is_taken() -> None:
    assert refusals(SMALLEST) == []
    assert plan_data(read_plan(SMALLEST)) == SMALLEST


def test_clear_data_of_a_plan_is_the_data_it_was_read_from() -> None:
    written = dict(leaves(plan_data(read_plan(FULL))))
    assert {path: str(value) for path, value in written.items()} == {
        path: str(value) for path, value in FULL_LEAVES.items()
    }


@pytest.mark.parametrize("path", TYPED)
def test_a_leaf_takes_its_own_kind_alone(path: str) -> None:
    kind = kind_at(path)
    for value in OF_NO_KIND:
        if type(value) not in FITTING[kind] or value == "":
            assert (1, path) in refusals(changed(FULL, path, value)), (kind, value)


@pytest.mark.parametrize("part", CLOSED_PARTS)
def test_an_unknown_field_is_refused_even_when_null(part: str) -> None:
    unknown = f"{part}.colour" if part else "colour"
    values: tuple[object, ...] = (None, "red", {}, [])
    for value in values:
        assert refusals(changed(FULL, unknown, value)) == [(1, unknown)]


@pytest.mark.parametrize("path", REQUIRED)
def test_a_missing_field_is_named_by_its_own_path(path: str) -> None:
    assert (1, path) in refusals(changed(FULL, path, DROP))
    assert (1, path) in refusals(changed(FULL, path, None))


def test_all_that_is_not_required_may_be_missing() -> None:
    optional = set(FULL) - set(SMALLEST)
    for name in optional - {"closed_on", "goals", "barriers", "services"}:
        assert refusals(changed(FULL, name, DROP)) == []


def test_a_missing_participant_is_a_missing_name() -> None:
    for value in (DROP, None, {}):
        assert refusals(changed(SMALLEST, "participant", value)) == [(1, "participant.name")]
    assert refusals(changed(SMALLEST, "participant", [])) == [(1, "participant")]


@pytest.mark.parametrize("path", CODES)
def test_codes_are_those_of_the_page(path: str) -> None:
    for code in CODES[path].split():
        assert refusals(changed(FULL, path, code)) == []
    for wrong in ("", "no_such", CODES[path].split()[0].upper(), f"{CODES[path].split()[0]} "):
        assert refusals(changed(FULL, path, wrong)) == [(1, path)]


def test_the_codes_above_are_all() -> None:
    coded = {pattern(path) for path in TYPED if kind_at(path) == "code"}
    tested = {pattern(path) for path in CODES}
    assert coded - tested == {"schema", "goals[].term", "goals[].career_cluster"}
    assert sorted(map(len, map(str.split, CODES.values()))) == sorted(
        len(shape.codes)
        for path in CODES
        if isinstance(shape := shape_at(parse_path(pattern(path)) or ()), Leaf)
    )


def test_goal_terms() -> None:
    for term in ("overall", "long_term", "short_term"):
        assert refusals(changed(FULL, "goals[0].term", term)) == []
    assert refusals(changed(FULL, "goals[0].term", "mid_term")) == [(1, "goals[0].term")]


def test_career_clusters() -> None:
    assert len(CLUSTERS) == 16
    for cluster in CLUSTERS:
        assert refusals(changed(FULL, "goals[0].career_cluster", cluster)) == []
    wrong = changed(FULL, "goals[0].career_cluster", "Finance & Banking")
    assert refusals(wrong) == [(1, "goals[0].career_cluster")]


@pytest.mark.parametrize("form", ["iep/2", "iep/1 ", "", None, 1])
def test_the_form_is_one(form: object) -> None:
    assert refusals(changed(SMALLEST, "schema", form)) == [(1, "schema")]
