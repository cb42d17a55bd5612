"""Where a delivery notes its steps, in memory: what a ledger keeps when the process is killed."""

from dataclasses import dataclass, field


@dataclass
class Attempt:
    named: bool = False
    outcome: str | None = None


@dataclass
class FakeRecord:
    """The attempts of one batch; `anew` is what the next process finds."""

    attempts: list[Attempt] = field(default_factory=list)
    current: Attempt | None = None

    def begin(self) -> bool:
        self.current = Attempt()
        self.attempts.append(self.current)
        return True

    def naming(self) -> None:
        assert self.current is not None
        self.current.named = True

    def failed(self, how: str, *, certain: bool = False) -> None:
        if self.current is not None:
            lost = self.current.named and not certain
            self.current.outcome = "unknown" if lost else "not_delivered"
            self.current = None

    @property
    def may_be_named(self) -> bool:
        return any(one.named and one.outcome in (None, "unknown") for one in self.attempts)

    def anew(self) -> "FakeRecord":
        return FakeRecord(self.attempts)
