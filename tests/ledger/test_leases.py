"""Leases: one holder at a time, and none that slept past its end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select, update
from tests.servers.ledgers import KEY, Hands

from iepbridge.crypto import Keyring
from iepbridge.errors import Busy, LeaseLost
from iepbridge.ledger import Lease, Ledger, open_ledger_at, take
from iepbridge.ledger.schema import leases, runs


def add_run(ledger: Ledger, lease: Lease | None) -> None:
    with ledger.writing(lease) as tx:
        own = {"feed": "texas", "direction": "out", "holder": "h", "started_at": tx.now}
        tx.connection.execute(runs.insert().values(own))


def count_runs(ledger: Ledger) -> int:
    with ledger.reading() as connection:
        return len(connection.execute(select(runs)).all())


def end(ledger: Ledger, *names: str) -> None:
    """Let leases end as if their time had come, whosever clock counts."""
    with ledger.writing() as tx:
        past = "2000-01-01T00:00:00.000000Z"
        own = update(leases).where(leases.c.name.in_(names))
        tx.connection.execute(own.values(expires_at=past))


def test_one_holder_at_a_time(ledger: Ledger) -> None:
    with take(ledger, ["texas", "missouri"], "one", 60) as lease:
        with pytest.raises(Busy, match=r"texas: another run is under way \(one\)"):
            take(ledger, ["texas"], "two", 60)
        add_run(ledger, lease)
    with take(ledger, ["texas"], "two", 60) as lease:
        add_run(ledger, lease)
    assert count_runs(ledger) == 2


def test_all_names_or_none(ledger: Ledger) -> None:
    with take(ledger, ["b"], "one", 60):
        with pytest.raises(Busy):
            take(ledger, ["a", "b", "c"], "two", 60)
        take(ledger, ["c", "a"], "three", 60).release()


def test_fences_go_up_and_never_down(ledger: Ledger) -> None:
    fences = []
    for number in range(4):
        lease = take(ledger, ["texas"], str(number), 60)
        fences.append(lease.fences["texas"])
        if number % 2:
            end(ledger, "texas")
        else:
            lease.release()
    assert fences == [1, 2, 3, 4]


def test_a_lease_that_ended_writes_nothing(ledger: Ledger) -> None:
    lease = take(ledger, ["texas"], "one", 60)
    end(ledger, "texas")
    with pytest.raises(LeaseLost, match="texas: the lease of this run has ended"):
        add_run(ledger, lease)
    with pytest.raises(LeaseLost):
        lease.renew()
    assert count_runs(ledger) == 0


def test_a_lease_of_somebody_else_stays_theirs(ledger: Ledger) -> None:
    old = take(ledger, ["texas"], "one", 60)
    end(ledger, "texas")
    new = take(ledger, ["texas"], "two", 60)
    old.release()
    for deed in (old.renew, lambda: add_run(ledger, old)):
        with pytest.raises(LeaseLost):
            deed()
    add_run(ledger, new)
    assert count_runs(ledger) == 1


def test_a_lease_goes_on_while_it_writes_or_is_renewed(sqlite_ledger: Ledger, clock: Hands) -> None:
    lease = take(sqlite_ledger, ["texas"], "one", 60)
    for deed in (lease.renew, lambda: add_run(sqlite_ledger, lease)) * 3:
        clock.go_on(seconds=45)
        deed()
    clock.go_on(seconds=61)
    with pytest.raises(LeaseLost):
        add_run(sqlite_ledger, lease)


def test_in_postgresql_the_servers_clock_counts(
    postgres_url: str, keyring: Keyring, clock: Hands
) -> None:
    with open_ledger_at(postgres_url, keyring, clock=clock) as ledger:
        lease = take(ledger, ["texas"], "one", 60)
        clock.go_on(days=1)
        add_run(ledger, lease)


def test_a_long_transaction_is_not_cut_short(ledger: Ledger, clock: Hands) -> None:
    lease = take(ledger, ["texas"], "one", 60)
    with ledger.writing(lease) as tx:
        clock.go_on(seconds=300)
        tx.event("run_began")
    add_run(ledger, lease)


def test_an_error_inside_is_told_and_the_lease_given_back(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="inside"), take(ledger, ["texas"], "one", 60):
        raise ValueError("inside")
    take(ledger, ["texas"], "two", 60)


_HOLDER = """
import sys
from iepbridge.crypto import Keyring
from iepbridge.errors import LeaseLost
from iepbridge.ledger import open_ledger_at, take
from tests.servers.ledgers import KEY
ledger = open_ledger_at(sys.argv[1], Keyring.parse(KEY))
lease = take(ledger, ["texas"], "frozen", 1.0)
print("taken", flush=True)
sys.stdin.readline()
try:
    with ledger.writing(lease) as tx:
        tx.event("written_late")
    print("written", flush=True)
except LeaseLost:
    print("lost", flush=True)
"""


def test_a_frozen_holder_cannot_write(ledger_url: str, repository: Path) -> None:
    """Freeze a process past its lease, let another take over, and thaw it."""
    with (
        open_ledger_at(ledger_url, Keyring.parse(KEY)) as ledger,
        subprocess.Popen(
            [sys.executable, "-c", _HOLDER, ledger_url],
            cwd=repository,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as holder,
    ):
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "taken\n"
        os.kill(holder.pid, signal.SIGSTOP)
        lease = _take_when_free(ledger)
        os.kill(holder.pid, signal.SIGCONT)
        holder.stdin.write("\n")
        holder.stdin.close()
        assert holder.stdout.readline() == "lost\n"
        add_run(ledger, lease)


def _take_when_free(ledger: Ledger) -> Lease:
    for _ in range(300):
        try:
            return take(ledger, ["texas"], "another", 60)
        except Busy:
            time.sleep(0.1)
    raise AssertionError("the lease never ended")


def test_a_lease_from_a_clock_that_ran_ahead_is_nobodys(
    sqlite_url: str, keyring: Keyring, clock: Hands
) -> None:
    with open_ledger_at(sqlite_url, keyring, clock=clock) as ledger:
        clock.go_on(days=365)
        take(ledger, ["texas"], "one", 60)
        clock.go_on(days=-365)
        with take(ledger, ["texas"], "two", 60) as lease:
            add_run(ledger, lease)
            with pytest.raises(Busy):
                take(ledger, ["texas"], "three", 60)
        assert count_runs(ledger) == 1
