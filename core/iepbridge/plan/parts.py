"""The parts of a plan below its participant: what was found, agreed, done and signed.

Field names, types and meanings are those of the canonical page; an absent field is None.
"""

from typing import ClassVar

from iepbridge.plan import codes
from iepbridge.plan.leaves import (
    Date,
    Flag,
    Id,
    MaskedDate,
    MaskedText,
    Number,
    OccupationCode,
    PositiveNumber,
    StaffPhone,
    State,
    Text,
    Version,
)
from iepbridge.plan.part import Part


class Name(Part):
    """A person's name; first and last are required."""

    first: Text
    middle: Text | None = None
    last: Text
    suffix: Text | None = None


class Development(Part):
    """How the plan was made."""

    mode: codes.DevelopmentMode | None = None
    participant_present: Flag | None = None
    telephone_reason: Text | None = None


class Agency(Part):
    """The office that serves the participant."""

    state: State | None = None
    board: Text | None = None
    board_code: Text | None = None
    office_code: Text | None = None
    provider: Text | None = None


class CaseManager(Part):
    """The member of staff who keeps the plan."""

    shown: ClassVar = frozenset({"staff_id"})

    staff_id: Text | None = None
    name: Name | None = None
    employer: Text | None = None
    phone: StaffPhone | None = None
    email: Text | None = None


class Eligibility(Part):
    """When the participant was found eligible, enrolled, and left."""

    determined_on: Date | None = None
    enrolled_on: Date | None = None
    exited_on: Date | None = None
    exit_reason: Text | None = None


class Credential(Part):
    """A degree, certificate or licence."""

    kind: codes.CredentialKind | None = None
    title: Text | None = None
    issuer: Text | None = None
    earned_on: Date | None = None
    expires_on: Date | None = None


class Occupation(Part):
    """An occupation by O*NET-SOC or SOC code, by title, or both."""

    code: OccupationCode | None = None
    title: Text | None = None


class Position(Part):
    """A position the participant wants; wage in USD an hour, hours a week."""

    title: Text | None = None
    occupation: Occupation | None = None
    minimum_wage: Number | None = None
    weekly_hours: Number | None = None


class Job(Part):
    """A job held; wage in USD an hour, hours a week."""

    employer: Text | None = None
    title: Text | None = None
    occupation: Occupation | None = None
    started_on: Date | None = None
    ended_on: Date | None = None
    weekly_hours: Number | None = None
    hourly_wage: Number | None = None
    volunteer: Flag | None = None
    reason_for_leaving: codes.ReasonForLeaving | None = None
    note: Text | None = None


class FamilyMember(Part):
    """Someone who lives in the household."""

    name: Name | None = None
    relation: codes.Relation | None = None
    date_of_birth: MaskedDate | None = None
    on_assistance_case: Flag | None = None


class Score(Part):
    """One result of an assessment."""

    scale: Text | None = None
    value: Number | None = None
    level: Text | None = None


class Assessment(Part):
    """An assessment taken, and when its results were gone through with the participant."""

    instrument: codes.Instrument
    name: Text | None = None
    taken_on: Date | None = None
    reviewed_on: Date | None = None
    scores: list[Score] | None = None


class Action(Part):
    """A step under a goal."""

    shown: ClassVar = frozenset({"action_id"})

    action_id: Id
    description: Text | None = None
    responsible: codes.Responsible | None = None
    responsible_name: Text | None = None
    set_on: Date | None = None
    planned_end_on: Date | None = None
    actual_end_on: Date | None = None
    measure: Text | None = None
    follow_up: Flag | None = None
    barrier_id: Id | None = None
    service_id: Id | None = None


class Goal(Part):
    """A goal of the plan; only an interim goal has a category."""

    shown: ClassVar = frozenset({"goal_id", "term"})

    goal_id: Id
    term: codes.GoalTerm
    kind: codes.GoalKind
    category: codes.GoalCategory | None = None
    title: Text | None = None
    occupation: Occupation | None = None
    career_cluster: codes.CareerCluster | None = None
    nontraditional: Flag | None = None
    outcome: Text | None = None
    measure: Text | None = None
    set_on: Date | None = None
    target_on: Date | None = None
    achieved_on: Date | None = None
    status: codes.GoalStatus | None = None
    actions: list[Action] | None = None


class Barrier(Part):
    """What stands between the participant and work, and what is planned about it."""

    shown: ClassVar = frozenset({"barrier_id"})

    barrier_id: Id
    category: codes.BarrierCategory
    description: MaskedText | None = None
    identified_on: Date | None = None
    plan: MaskedText | None = None
    expected_resolution_on: Date | None = None
    resolved_on: Date | None = None
    goal_id: Id | None = None


class Service(Part):
    """A service, supportive service or referral."""

    shown: ClassVar = frozenset({"service_id"})

    service_id: Id
    category: codes.ServiceCategory
    title: Text | None = None
    provider: Text | None = None
    referral: Flag | None = None
    justification: Text | None = None
    funding: Text | None = None
    planned_start_on: Date | None = None
    planned_end_on: Date | None = None
    started_on: Date | None = None
    ended_on: Date | None = None
    outcome: codes.ServiceOutcome | None = None


class Activity(Part):
    """A work or work-related activity."""

    shown: ClassVar = frozenset({"activity_id"})

    activity_id: Id
    kind: codes.ActivityKind
    title: Text | None = None
    started_on: Date | None = None
    ends_on: Date | None = None
    ended_on: Date | None = None
    weekly_hours: Number | None = None


class ParticipationHours(Part):
    """The hours of participation required, above zero, and per what."""

    required: PositiveNumber | None = None
    per: codes.HoursPer | None = None


class Metric(Part):
    """A figure in a case note; the value is text as written."""

    label: MaskedText | None = None
    value: MaskedText | None = None
    unit: MaskedText | None = None


class NextStep(Part):
    """A step agreed in a case note."""

    goal: MaskedText | None = None
    process: MaskedText | None = None
    deadline: Date | None = None


class CaseNote(Part):
    """A note of the case manager."""

    shown: ClassVar = frozenset({"note_id"})

    note_id: Id
    about: codes.NoteSubject
    title: MaskedText | None = None
    dated_on: Date | None = None
    author: Text | None = None
    story: MaskedText | None = None
    metrics: list[Metric] | None = None
    next_steps: list[NextStep] | None = None
    follow_up_on: list[Date] | None = None


class Review(Part):
    """A review of the plan."""

    reviewed_on: Date | None = None
    trigger: codes.ReviewTrigger
    progress: Text | None = None
    plan_changed: Flag | None = None


class Signature(Part):
    """A signature under one version of the plan."""

    shown: ClassVar = frozenset({"role", "signed_on", "plan_version"})

    role: codes.SignatureRole
    name: Text | None = None
    signed_on: Date | None = None
    method: codes.SignatureMethod | None = None
    plan_version: Version | None = None
    release_of_information: Flag | None = None
    copy_given_on: Date | None = None
