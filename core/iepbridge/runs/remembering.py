"""What may have left, noted beside the ledger; and what a restored ledger has forgotten of it.

step of sending --ledger, then note--> journal --> done
journal --forgotten--> pages of numbers that the ledger has no file of --recover--> unknown
journal --behind--> further than the ledger in a batch --recover--> its attempts: unknown
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

import structlog

from iepbridge.errors import Misuse
from iepbridge.ledger.attempts import steps
from iepbridge.ledger.batches import Batch, open_batches
from iepbridge.ledger.entries import Entry, entries_of_batch
from iepbridge.ledger.journal import Journal, Member, Page, Place
from iepbridge.ledger.remembering import enter, forgotten_places, remember_attempts
from iepbridge.ledger.sequences import Channel, Number, last_number
from iepbridge.ledger.transaction import Ledger, Transaction
from iepbridge.runs.feed_run import FeedRun
from iepbridge.runs.leasing import numbered
from iepbridge.runs.workplace import Workplace
from iepbridge.settings import FeedSettings, LedgerSettings

_log = structlog.get_logger(__name__)

Writing = Callable[[], AbstractContextManager[Transaction]]


def journal_of(settings: LedgerSettings) -> Journal | None:
    """Give the journal beside a ledger, None where there is none."""
    folder = settings.journal_folder()
    return None if folder is None else Journal(folder)


def place_of(batch: Batch) -> Place:
    """Give the place of a batch in the journal."""
    channel = Channel(batch.direction, batch.system, batch.sender, batch.receiver)
    return Place(channel, Number(batch.cycle, batch.sequence))


def note(run: FeedRun, batch: Batch) -> None:
    """Note how far the sending of a batch has got, before its next step; only files out are noted.

    Raises `LedgerFailed` where it cannot be; then the step may not be done.
    """
    journal = _journal_for(run, batch)
    if journal is None:
        return
    with run.ledger.reading() as connection:
        done = steps(connection, batch.id)
        page = _noted(journal, batch) or _page(batch, entries_of_batch(connection, batch.id))
    journal.note(page._replace(steps=done))


def _journal_for(run: FeedRun, batch: Batch) -> Journal | None:
    return journal_of(run.workplace.settings.ledger) if batch.direction == "out" else None


def _noted(journal: Journal, batch: Batch) -> Page | None:
    place = place_of(batch)
    if not journal.has(place):
        return None
    page = journal.read(place)
    _check(journal, page, batch)
    return page


def _page(batch: Batch, entries: Iterable[Entry]) -> Page:
    plans = tuple(Member(one.plan_id, one.version, one.digest) for one in entries)
    about = (batch.feed, batch.endpoint, batch.name, batch.sha256, batch.size, batch.created)
    return Page(place_of(batch), *about, plans, steps=0)


def _tell(run: FeedRun, batch: Batch) -> None:
    _log.warning("batch_remembered", batch=batch.id, file=batch.name, plans=batch.plans)
    run.count("batches_remembered")


def _check(journal: Journal, page: Page, batch: Batch) -> None:
    if page.sha256 != batch.sha256:
        raise Misuse(
            f"{journal.folder / page.place.name}: another file with the number of {batch.name} is"
            " noted there, so another ledger has, or had, this journal. Nothing was sent. Give"
            " each ledger a journal of its own ([ledger] journal), or the ledger the backup that"
            " belongs to this one."
        )


def forget(settings: LedgerSettings, batch: Batch) -> None:
    """Take a batch out of the journal, before it is written down that it never went."""
    journal = journal_of(settings)
    if journal is not None:
        journal.remove(place_of(batch))


def forgotten(settings: LedgerSettings, ledger: Ledger, channel: Channel) -> Iterator[Page]:
    """Read what the journal has of a channel and the ledger has not, in order.

    Raises `Unreadable` at one that is not what was written.
    """
    journal = journal_of(settings)
    if journal is None:
        return
    places = journal.of(channel)  # first: what is noted is in the ledger by now
    with ledger.reading() as connection:
        last = last_number(connection, channel)
        unknown = forgotten_places(connection, channel, places)
    for place in unknown:
        if last is not None and place.number > last.following:
            _log.warning("journal_has_gap", file=place.name)
        last = place.number if last is None else max(last, place.number)
        yield journal.read(place)


def behind(
    settings: LedgerSettings, ledger: Ledger, feed: FeedSettings
) -> list[tuple[Batch, Page]]:
    """Give the open batches of a feed out whose sending got further than the ledger knows.

    They waited when the backup was made that the ledger was restored from.
    """
    journal = journal_of(settings)
    if journal is None:
        return []
    with ledger.reading() as connection:
        found = open_batches(connection, feed.name)
    noted = [(batch, page) for batch in found if (page := _noted(journal, batch))]
    with ledger.reading() as connection:
        return [(one, page) for one, page in noted if steps(connection, one.id) < page.steps]


def forgotten_of(run: FeedRun) -> Iterator[Page]:
    """Read what the ledger has forgotten between the parties of a feed out."""
    return forgotten(run.workplace.settings.ledger, run.ledger, channel_between(run.feed))


def recover(run: FeedRun) -> None:
    """Enter what the ledger has forgotten between the parties of a feed out."""
    _recover(run, run.feed, run.writing)


def recover_answered(run: FeedRun) -> None:
    """Enter what the ledger has forgotten of feeds out whose answers are about to be read."""
    for feed in run.workplace.settings.feeds.values():
        if feed.direction == "out" and feed.acknowledgements == run.feed.name:
            _recover_for(run, feed)


def _recover_for(run: FeedRun, feed: FeedSettings) -> None:
    if _first_forgotten(run.workplace, feed) is not None:
        with numbered(run.workplace, feed) as lease:
            _recover(run, feed, lambda: run.ledger.writing(lease))


def _first_forgotten(workplace: Workplace, feed: FeedSettings) -> str | None:
    """Name a file of a feed out of which a restored ledger does not know how far it went."""
    place = workplace.settings.ledger, workplace.ledger
    page = next(forgotten(*place, channel_between(feed)), None)
    if page is not None:
        return page.name
    return next((batch.name for batch, _ in behind(*place, feed)), None)


def _recover(run: FeedRun, feed: FeedSettings, writing: Writing) -> None:
    place = run.workplace.settings.ledger, run.ledger
    for page in forgotten(*place, channel_between(feed)):
        with writing() as tx:
            entered = enter(tx, run.id, page)
        if entered is not None:
            _tell(run, entered)
    for batch, page in behind(*place, feed):
        with writing() as tx:
            remember_attempts(tx, run.id, batch, page.steps)
        _tell(run, batch)


def refuse_what_is_forgotten(workplace: Workplace, system: str) -> None:
    """Raise `Misuse` where the ledger has forgotten files to a system."""
    for feed in workplace.settings.feeds.values():
        if feed.direction == "out" and feed.system == system:
            name = _first_forgotten(workplace, feed)
            if name is not None:
                raise Misuse(
                    f"The ledger was restored from a backup older than {name}, and what is handed"
                    f" over may answer it. First let it remember: iepbridge run {feed.name}"
                )


def channel_between(feed: FeedSettings) -> Channel:
    """Give the two parties of a feed out."""
    assert feed.sender is not None
    assert feed.receiver is not None
    return Channel("out", feed.system, feed.sender, feed.receiver)
