"""The canonical files of a feed in: their names, and the folder they are delivered to."""

from pathlib import Path
from typing import BinaryIO, Final, NamedTuple
from urllib.parse import quote

from iepbridge.errors import Misuse
from iepbridge.ledger import Connection
from iepbridge.ledger.batches import Batch, NewBatch, add_batch, is_name_free
from iepbridge.ledger.kept import keep
from iepbridge.ledger.sequences import Channel, Number
from iepbridge.ledger.transaction import Transaction
from iepbridge.runs.feed_run import FeedRun
from iepbridge.runs.keeping import sha256_of
from iepbridge.settings import EndpointSettings

KIND: Final = "plans"


class Origin(NamedTuple):
    """Where plans came from: the file, between whom, its number and its created time."""

    received_id: int
    channel: Channel
    number: Number
    created: str


def destination(feed_name: str, folder: Path) -> EndpointSettings:
    """Give the folder of a feed in as an endpoint."""
    url = f"file:{quote(str(folder.absolute()))}"
    return EndpointSettings(name=f"destination-{feed_name}"[:64], url=url)


def make_destination(endpoint: EndpointSettings) -> None:
    """Make the folder, for its owner alone, where it is absent."""
    try:
        endpoint.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Misuse(
            f"{endpoint.path} cannot be made ({error.strerror}). Name a `destination` that this"
            " account may write to."
        ) from None


def write_out(
    tx: Transaction, run: FeedRun, origin: Origin, content: BinaryIO, plans: int
) -> Batch:
    """Write down a canonical file as a batch that waits for its delivery."""
    endpoint = run.target.name
    content.seek(0)
    digest, size = sha256_of(content)
    content.seek(0)
    return add_batch(
        tx,
        run.id,
        NewBatch(
            run.feed.name,
            origin.channel,
            origin.number,
            endpoint,
            origin.created,
            _free_name(tx.connection, endpoint, origin),
            digest,
            size,
            plans,
            keep(tx, KIND, content),
            origin.received_id,
        ),
    )


def _free_name(connection: Connection, endpoint: str, origin: Origin) -> str:
    """Give `<system>_<sender>_<yyyymmdd>_<sequence>.jsonl`, numbered where that was given before.

    A sequence is read twice only where a person released the second file.
    """
    day = origin.created[:10].replace("-", "")
    system, sender = origin.channel.system, origin.channel.sender
    stem = f"{system}_{sender}_{day}_{origin.number.sequence:06}"
    name, copy = f"{stem}.jsonl", 1
    while not is_name_free(connection, endpoint, name):
        copy += 1
        name = f"{stem}-{copy}.jsonl"
    return name
