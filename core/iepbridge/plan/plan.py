"""One version of one Individual Employment Plan, as `canonical.md` fixes it (form `iep/1`)."""

from typing import ClassVar, Final, Literal

from pydantic import Field

from iepbridge.plan import codes
from iepbridge.plan.leaves import Date, Extensions, Id, Text, Version
from iepbridge.plan.part import Part
from iepbridge.plan.participant import Participant
from iepbridge.plan.parts import (
    Activity,
    Agency,
    Assessment,
    Barrier,
    CaseManager,
    CaseNote,
    Credential,
    Development,
    Eligibility,
    FamilyMember,
    Goal,
    Job,
    ParticipationHours,
    Position,
    Review,
    Service,
    Signature,
)

FORM: Final = "iep/1"


class Plan(Part):
    """A plan. For a list section None says *not discussed*, an empty list *nothing to record*.

    Build one with `read_plan`, which also applies the refusals that no single field can see.
    """

    shown: ClassVar = frozenset({"plan_id", "version", "program", "status"})

    form: Literal["iep/1"] = Field(alias="schema")
    plan_id: Id
    version: Version
    program: codes.Program
    status: codes.PlanStatus
    started_on: Date | None = None
    completed_on: Date | None = None
    closed_on: Date | None = None
    development: Development | None = None
    agency: Agency | None = None
    case_manager: CaseManager | None = None
    participant: Participant
    eligibility: Eligibility | None = None
    credentials: list[Credential] | None = None
    desired_positions: list[Position] | None = None
    work_history: list[Job] | None = None
    family_members: list[FamilyMember] | None = None
    assessments: list[Assessment] | None = None
    goals: list[Goal] | None = None
    barriers: list[Barrier] | None = None
    services: list[Service] | None = None
    activities: list[Activity] | None = None
    participation_hours: ParticipationHours | None = None
    comments: Text | None = None
    case_notes: list[CaseNote] | None = None
    reviews: list[Review] | None = None
    signatures: list[Signature] | None = None
    extensions: Extensions | None = None
