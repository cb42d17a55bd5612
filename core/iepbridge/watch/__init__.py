"""What was due by schedule and calendar, and has not come or gone.

feeds' settings ---.
their slots --------+--> missing_of_feeds --> Missing: what, since when, what to do
ledger, as of then -'
credentials ------------> endings ---------'
"""

from iepbridge.watch.endings import endings
from iepbridge.watch.found import KINDS, Missing
from iepbridge.watch.watching import missing_of_feeds

__all__ = ["KINDS", "Missing", "endings", "missing_of_feeds"]
