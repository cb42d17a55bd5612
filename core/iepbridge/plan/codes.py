"""The canonical plan's code lists, in the order of the canonical page."""

from typing import Literal, TypeAlias

Program: TypeAlias = Literal[
    "wioa_adult", "wioa_dislocated_worker", "wioa_youth", "tanf_cap", "tanf_mwa", "other"
]
PlanStatus: TypeAlias = Literal["draft", "active", "closed"]
DevelopmentMode: TypeAlias = Literal["in_person", "telephone", "video"]
Sex: TypeAlias = Literal["male", "female", "not_disclosed"]
HouseholdType: TypeAlias = Literal["single_parent", "two_parent", "no_dependents"]
EducationLevel: TypeAlias = Literal[
    "none",
    "grade_school",
    "some_high_school",
    "high_school",
    "ged",
    "some_college",
    "certificate",
    "associate",
    "bachelor",
    "graduate",
]
EmploymentStatus: TypeAlias = Literal[
    "employed", "underemployed", "notice_received", "unemployed", "not_in_labor_force"
]
CredentialKind: TypeAlias = Literal["degree", "certificate", "license"]
ReasonForLeaving: TypeAlias = Literal[
    "still_employed", "quit", "laid_off", "fired", "ended", "other"
]
Relation: TypeAlias = Literal[
    "spouse",
    "partner",
    "child",
    "stepchild",
    "parent",
    "sibling",
    "grandchild",
    "other_relative",
    "unrelated",
]
Instrument: TypeAlias = Literal["careerscope", "torq", "tabe", "onet", "other"]
GoalTerm: TypeAlias = Literal["overall", "long_term", "short_term", "interim"]
GoalKind: TypeAlias = Literal["employment", "education"]
GoalCategory: TypeAlias = Literal[
    "comprehensive_assessment", "career_planning", "training_services", "job_search_services"
]
GoalStatus: TypeAlias = Literal["open", "achieved", "not_achieved", "withdrawn"]
CareerCluster: TypeAlias = Literal[
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
]
Responsible: TypeAlias = Literal[
    "participant", "staff", "program", "service_provider", "partner", "other"
]
BarrierCategory: TypeAlias = Literal[
    "assistive_technology",
    "basic_skills",
    "childcare",
    "criminal_record",
    "disability",
    "domestic_violence",
    "english_language",
    "financial",
    "health",
    "housing",
    "job_readiness_skills",
    "job_retention_skills",
    "job_search_skills",
    "legal",
    "occupational_skills",
    "substance_use",
    "transportation",
    "work_history",
    "other",
]
ServiceCategory: TypeAlias = Literal[
    "iep_development",
    "comprehensive_assessment",
    "career_planning",
    "job_search",
    "job_readiness",
    "occupational_training",
    "on_the_job_training",
    "work_experience",
    "adult_education",
    "english_language",
    "apprenticeship",
    "customized_training",
    "internship",
    "follow_up",
    "supportive_childcare",
    "supportive_housing",
    "supportive_other",
    "supportive_transportation",
    "supportive_work_expense",
    "financial_literacy",
    "other",
]
ServiceOutcome: TypeAlias = Literal["successful", "unsuccessful"]
ActivityKind: TypeAlias = Literal[
    "unsubsidized_employment",
    "subsidized_employment",
    "work_experience",
    "on_the_job_training",
    "job_search_readiness",
    "community_service",
    "vocational_education",
    "job_skills_training",
    "education_for_employment",
    "secondary_school",
    "childcare_for_community_service",
    "other",
]
HoursPer: TypeAlias = Literal["week", "month"]
NoteSubject: TypeAlias = Literal[
    "iep_development", "iep_update", "career_exploration", "progress", "incentive", "other"
]
ReviewTrigger: TypeAlias = Literal["service_completed", "scheduled", "significant_change", "exit"]
SignatureRole: TypeAlias = Literal["participant", "case_manager", "guardian"]
SignatureMethod: TypeAlias = Literal["wet", "electronic", "telephone"]
