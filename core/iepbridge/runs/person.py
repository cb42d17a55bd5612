"""The numbers by which a person is found again in the ledger, where only their marks stand."""

from iepbridge.plan import Plan


def numbers_of(plan: Plan) -> tuple[str, ...]:
    """Give the numbers of a plan's person, each after what it is: `ssn:...`, `twist:...`."""
    person = plan.participant
    own = [f"{system}:{number}" for system, number in (person.identifiers or {}).items()]
    if person.ssn is not None:
        own.append(f"ssn:{person.ssn.get_secret_value()}")
    return tuple(own)
