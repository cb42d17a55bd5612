"""Where records of each type belong: behind which others, and under which one they stand."""

from iepbridge.mapping.layout import Group, Layout
from iepbridge.mapping.records.form import records


class Levels:
    """The order of a layout's records.

    `behind` gives for each type those that it may follow, `under` the one that it belongs to;
    `loose` are those that name themselves what they belong to.
    """

    def __init__(self, layout: Layout) -> None:
        self.under: dict[str, str] = {}
        self.loose: set[str] = set()
        self._walk(layout.plan, top=True)
        groups = records(layout)
        self._rank = {group.name: at for at, group in enumerate(groups)}
        self.behind = {group.name: self._behind(group) for group in groups}

    def _walk(self, group: Group, *, top: bool) -> None:
        for inner in group.groups():
            if inner.kind == "later":
                self.loose.add(inner.name)
            elif not top:
                self.under[inner.name] = group.name
            self._walk(inner, top=False)

    def _behind(self, group: Group) -> frozenset[str]:
        """Give the types that a record may follow: those before it, within the same part."""
        rank, part = self._rank, self.under.get(group.name)
        found = set()
        for name in rank:
            around = self._around(name)
            if rank[name if part else around[-1]] <= rank[group.name] and (
                part is None or part in around
            ):
                found.add(name)
        return frozenset(found - {group.name} if group.kind == "more" else found)

    def _around(self, name: str) -> list[str]:
        """Give a type and those that it stands under, the outermost last."""
        around = [name]
        while around[-1] in self.under:
            around.append(self.under[around[-1]])
        return around
