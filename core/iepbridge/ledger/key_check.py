"""The key, tried when a ledger is opened: another of its id would seal what nobody opens."""

from typing import Any

from sqlalchemy import Connection, select

from iepbridge.crypto import Damaged, Keyring, Sealed
from iepbridge.errors import Misuse
from iepbridge.ledger.places import payload_place
from iepbridge.ledger.schema import payloads, plan_versions

_LAST = (
    select(
        payloads.c.key_id,
        payloads.c.nonce,
        payloads.c.data,
        plan_versions.c.feed,
        plan_versions.c.plan_id,
        plan_versions.c.version,
        plan_versions.c.digest,
    )
    .join_from(payloads, plan_versions)
    .order_by(payloads.c.entry_id.desc())
    .limit(1)
)


def check_key(connection: Connection, keyring: Keyring) -> None:
    """Raise `Misuse` where a key is another than the one that sealed the last plan under its id.

    A key that the ring lacks is told once something is to be opened with it.
    """
    row: Any = connection.execute(_LAST).one_or_none()
    if row is None or row.key_id not in keyring.ids:
        return
    key_id, nonce, data, *about = row
    try:
        keyring.open(Sealed(key_id, nonce, data), payload_place(*about))
    except Damaged:
        raise Misuse(
            f"[ledger] key: the key with the id {key_id} is not the one that the ledger was sealed"
            " with. Put the right one in its place; give a new key an id of its own, before it."
        ) from None
