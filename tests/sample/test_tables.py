"""Occupations, places and names."""

import re
from decimal import Decimal

from iepbridge.sample.tables import CLUSTERS, names, occupations, regions, trades


def test_occupations_have_a_code_a_wage_and_a_cluster() -> None:
    for occupation in occupations():
        assert re.fullmatch(r"\d\d-\d{4}\.\d\d", occupation.code)
        assert Decimal(14) <= occupation.wage <= Decimal(40)
        assert occupation.job.startswith(("a ", "an "))
        assert len(occupation.title) <= 120


def test_no_occupation_stands_twice() -> None:
    codes = [occupation.code for occupation in occupations()]
    assert len(set(codes)) == len(codes) > 60


def test_every_cluster_has_at_least_three_trades() -> None:
    assert len(CLUSTERS) == len(trades()) == 16
    assert min(len(trade) for trade in trades()) >= 3


def test_a_position_is_the_job_without_its_article() -> None:
    positions = {occupation.position for occupation in occupations()}
    assert {"Truck driver", "Electrician", "HVAC technician", "911 dispatcher"} <= positions


def test_wages_lie_about_the_usual_one() -> None:
    occupation = occupations()[0]
    assert occupation.wage in occupation.wages
    assert max(occupation.wages) - min(occupation.wages) < 5


def test_goals_of_an_occupation_name_it_and_fit_every_system() -> None:
    for occupation in occupations():
        goals = occupation.goals
        assert occupation.job[1:] in " ".join(row[1] for row in goals["overall"])
        assert {row[0] for row in goals["overall"]} == {"employment"}
        longest = max(len(cell) for entries in goals.values() for row in entries for cell in row)
        assert longest <= 120


def test_outcomes_and_measures_of_interim_goals_are_not_mere_presence() -> None:
    """TX-05: a digit, or words beyond participating and the fillers."""
    for category in ("comprehensive_assessment", "career_planning", "job_search_services"):
        for row in occupations()[0].goals[category]:
            assert re.search(r"\d", row[2] + row[3])


def test_states_have_cities_and_boards() -> None:
    assert list(regions()) == ["TX", "IN", "PA", "MO"]
    for region in regions().values():
        assert len(region.cities) > 10
        assert len(region.boards) >= 3
        assert all(re.fullmatch(r"\d{5}", city.zip) for city in region.cities)
        assert all(re.fullmatch(r"\d{3}", city.area) for city in region.cities)
        assert all(len(board.code) <= 5 for board in region.boards)


def test_zip_codes_are_those_of_the_state() -> None:
    first = {"TX": "7", "IN": "4", "PA": "1", "MO": "6"}
    for state, region in regions().items():
        assert {city.zip[0] for city in region.cities} == {first[state]}


def test_a_name_has_plain_letters_for_an_address() -> None:
    plain = {name.text: name.plain for name in names("last")}
    assert plain["O'Brien"] == "obrien"
    assert plain["García-López"] == "garcialopez"
    assert all(re.fullmatch("[a-z]+", letters) for letters in plain.values())
