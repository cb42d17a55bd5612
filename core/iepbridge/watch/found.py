"""One thing that is missing, as it is told."""

from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from iepbridge.ledger.instants import Instant

Kind: TypeAlias = Literal[
    "run", "file", "gap", "answer", "outcome", "quiet", "credentials", "ledger"
]

KINDS: Final[tuple[str, ...]] = get_args(Kind)
"""What may be missing; the page on `missing` says what each is."""


class Missing(NamedTuple):
    """What is missing, of which feed or endpoint, since when, and what to do about it.

    Of credentials `since` is when they end, which may be still to come.
    """

    kind: Kind
    feed: str | None
    endpoint: str | None
    since: Instant
    what: str
    remedy: str
