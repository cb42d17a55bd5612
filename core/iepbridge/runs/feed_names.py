"""A feed's name is what the ledger knows it by: another name is another feed."""

from iepbridge.errors import Misuse
from iepbridge.ledger.batches import feeds_between
from iepbridge.runs.feed_run import FeedRun
from iepbridge.runs.remembering import channel_between


def refuse_other_names(run: FeedRun) -> None:
    """Refuse to begin where another feed has sent to the same receiver and is configured no more.

    It may be this one under its old name, and what it has sent would all go again.
    """
    between = channel_between(run.feed)
    with run.ledger.reading() as connection:
        known = feeds_between(connection, between)
    if strangers := sorted(known - run.workplace.settings.feeds.keys()):
        raise Misuse(
            f"feeds.{run.feed.name}: files from {between.sender} to {between.receiver} were sent by"
            f" the feed {strangers[0]!r}, which is not configured any more. If that is this one's"
            " old name, give it back: under another nothing is known as sent, and every plan would"
            f" go again. If it was another feed, keep [feeds.{strangers[0]}] with enabled = false."
        )
