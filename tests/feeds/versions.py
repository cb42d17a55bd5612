"""Later versions of a plan, as a case manager would leave them: signed anew, changed or mended."""

from tests.feeds.site import Data


def amended(plan: Data) -> Data:
    """Give the next version: another phone number, signed anew; significant for nobody."""
    changed = _signed(plan, plan["version"] + 1)
    changed["participant"] = {**plan["participant"], "phone": "7135550199"}
    return changed


def amended_significantly(plan: Data) -> Data:
    """Give the next version: a goal's title is another, a case note tells, signed anew."""
    changed = _signed(plan, plan["version"] + 1)
    first, *others = plan["goals"]
    changed["goals"] = [{**first, "title": "Steady work nearby"}, *others]
    note = {
        "note_id": "N-update",
        "about": "iep_update",
        "dated_on": plan["completed_on"],
        "story": "The goal was settled anew together.",
    }
    changed["case_notes"] = [*(plan.get("case_notes") or ()), note]
    return changed


def mended(plan: Data) -> Data:
    """Give the same version with a remark of a case note put right."""
    first, *others = plan["case_notes"]
    return {**plan, "case_notes": [{**first, "story": "Put right after the answer."}, *others]}


def _signed(plan: Data, version: int) -> Data:
    own = [one for one in plan["signatures"] if one.get("plan_version") == plan["version"]]
    anew = [{**one, "plan_version": version} for one in own]
    return {**plan, "version": version, "signatures": [*plan["signatures"], *anew]}
