"""The participant: pseudo numbers, an age that fits the program, a service that fits the age."""

from collections.abc import Iterator

from iepbridge.sample.calendar import iso_texts
from iepbridge.sample.case import Case, open_case
from iepbridge.sample.draw import Draw
from iepbridge.sample.person import _ssn, full_name, participant, phone


def cases(count: int) -> Iterator[Case]:
    draw = Draw()
    for number in range(count):
        draw.begin(37, number)
        yield open_case(draw, number, tanf=False)


class Rolls:
    """A draw whose next roll is told."""

    def __init__(self, roll: float) -> None:
        self._roll = roll

    def roll(self) -> float:
        return self._roll


def test_the_first_and_last_number_are_those_that_may_be() -> None:
    assert _ssn(Rolls(0.0)) == "900010001"  # type: ignore[arg-type]
    assert _ssn(Rolls(1 - 2**-53)) == "999999999"  # type: ignore[arg-type]


def test_a_phone_number_is_of_the_area_and_of_fiction() -> None:
    for case in cases(50):
        assert phone(case)[:8] == f"{case.city.area}55501"


def test_the_age_fits_the_program() -> None:
    for case in cases(400):
        years = (case.days.started - case.born) / 365.25
        assert 16 <= years < 24 or case.program != "wioa_youth"
        assert 19 <= years < 63 or case.program == "wioa_youth"


def test_no_service_before_the_age_of_eighteen() -> None:
    served = 0
    for case in cases(2_000):
        veteran = participant(case)["veteran"]
        if "entered_on" in veteran:
            served += 1
            assert veteran["entered_on"] >= iso_texts()[case.born + 18 * 365]
            assert veteran["entered_on"] < veteran.get("separated_on", "9")
    assert served > 50


def test_a_former_name_was_changed_before_the_plan() -> None:
    former = [
        (case, name) for case in cases(1_000) for name in participant(case).get("former_names", ())
    ]
    assert len(former) > 30
    for case, name in former:
        changed = name.get("changed_on")
        assert changed is None or changed < iso_texts()[case.days.started]


def test_a_signature_carries_the_suffix() -> None:
    for case in cases(300):
        assert full_name(case).endswith(case.suffix or case.last.text)
