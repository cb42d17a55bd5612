"""The participant: who the plan is for."""

from iepbridge.plan import codes
from iepbridge.plan.leaves import (
    Date,
    Flag,
    MaskedDate,
    MaskedText,
    Phone,
    Ssn,
    State,
    Text,
    Texts,
    Zip,
)
from iepbridge.plan.part import Part
from iepbridge.plan.parts import Name


class Address(Part):
    """Where the participant lives."""

    line1: MaskedText | None = None
    line2: MaskedText | None = None
    city: MaskedText | None = None
    state: State | None = None
    zip: Zip | None = None
    county: MaskedText | None = None


class FormerName(Part):
    """A name the participant had before."""

    name: Name
    changed_on: Date | None = None


class Household(Part):
    """The kind of household, and since when."""

    type: codes.HouseholdType | None = None
    since: Date | None = None


class Veteran(Part):
    """Military service; `is_veteran` false says: discussed, none."""

    is_veteran: Flag
    branch: Text | None = None
    entered_on: Date | None = None
    separated_on: Date | None = None
    discharge: Text | None = None


class Participant(Part):
    """The person looking for work; `identifiers` maps a system's name to its id for them."""

    identifiers: Texts | None = None
    ssn: Ssn | None = None
    name: Name
    former_names: list[FormerName] | None = None
    date_of_birth: MaskedDate | None = None
    address: Address | None = None
    phone: Phone | None = None
    email: MaskedText | None = None
    sex: codes.Sex | None = None
    household: Household | None = None
    veteran: Veteran | None = None
    education_level: codes.EducationLevel | None = None
    employment_status: codes.EmploymentStatus | None = None
    skills: list[Text] | None = None
