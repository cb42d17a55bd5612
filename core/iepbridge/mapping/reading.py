"""What code that reads a plan tells, in every codec: findings by path, and what is kept."""

from iepbridge.errors import Unreadable
from iepbridge.mapping.layout import Layout


class Reading:
    """The reading of one plan: its findings, extensions, and the keys of what is unmapped."""

    def __init__(self, layout: Layout) -> None:
        self.findings: dict[str, tuple[str, str]] = {}
        self.extensions: dict[str, str] = {}
        self.unmapped: list[str] = []
        self._system = layout.system

    def fail(self, rule: str, path: str, expected: str = "") -> None:
        """Note a finding; the first one at a path stands."""
        self.findings.setdefault(path, (rule, expected))

    def refuse(self, path: str) -> None:
        """Refuse the whole file: without this value nobody can say which plan it is."""
        raise Unreadable(
            f"A plan of the file has no {path}, so it cannot be told which plan it is. "
            "Ask the sender for a complete file."
        )

    def keep(self, key: str, text: str) -> None:
        """Keep a text that the plan has no place for; a key that is taken is a finding."""
        if key in self.extensions:
            self.fail("FMT-VALUE", f"extensions.{self._system}.{key}", "each name once")
        else:
            self.extensions[key] = text
            self.unmapped.append(key)

    def extension(self, key: str | None, text: str | None, path: str) -> None:
        """Take an extra value under its name; a name that is taken is a finding."""
        if key and text:
            if key in self.extensions:
                self.fail("FMT-VALUE", path, "each name once")
            else:
                self.extensions[key] = text

    def entry(self, entries: dict[str, str], key: str | None, text: str | None, path: str) -> None:
        """Take an entry of a map; a key that is taken is a finding."""
        if key and text:
            if key in entries:
                self.fail("FMT-VALUE", path, "each key once")
            else:
                entries[key] = text
