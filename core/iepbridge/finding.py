"""What is reported about plans: findings (what is wrong) and losses (what did not fit)."""

from typing import Final, Literal, NamedTuple, TypeAlias

import orjson

Severity: TypeAlias = Literal["error", "warning", "info"]
LossKind: TypeAlias = Literal["dropped", "generalised", "defaulted", "flattened", "unmapped"]

DROPPED: Final = "dropped"
GENERALISED: Final = "generalised"
DEFAULTED: Final = "defaulted"
FLATTENED: Final = "flattened"
UNMAPPED: Final = "unmapped"


class Finding(NamedTuple):
    """One thing wrong with one plan, in plain words; `plan_id` and `version` may be unknown.

    A tuple, like `Loss`: rules may find several in each of many plans.
    """

    plan_id: str | None
    version: int | None
    rule: str
    severity: Severity
    path: str | None
    message: str
    remedy: str
    clause: str | None = None

    def line(self) -> bytes:
        """Give the finding as one line of JSON, fields in the order of the report."""
        return orjson.dumps(self._asdict(), option=orjson.OPT_APPEND_NEWLINE)


class Loss(NamedTuple):
    """One leaf of a plan that a format has no place for, or carries in another form.

    A tuple, since a plan may have a hundred of them and a dataclass takes four times as long.
    """

    plan_id: str | None
    version: int | None
    path: str
    kind: LossKind
    note: str

    def line(self) -> bytes:
        """Give the loss as one line of JSON, fields in the order of the report."""
        return orjson.dumps(self._asdict(), option=orjson.OPT_APPEND_NEWLINE)
