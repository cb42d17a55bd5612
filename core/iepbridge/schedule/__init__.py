"""The clock: when feeds are due by their schedules, and the scheduler that runs them then.

slots       cron's fields in a zone --> slots, by a stated rule for missing and doubled hours
occasion    a run's claim of the slot that it is for, in the transactions that begin and end it
watching    what the ledger says is due
scheduler   the loop: looks, begins runs side by side, stops without loss
pages       health on loopback: /live, /ready, /metrics
"""
