"""The names of an archive's members, compared with those expected."""

from collections.abc import Sequence

from iepbridge.codecs.zip_end import NotSuchZip


def check_names(found: Sequence[str], names: Sequence[str]) -> None:
    """Refuse an archive whose directory does not list exactly `names`, in their order."""
    if list(found) != list(names):
        expected = f"expected were, in this order, {', '.join(names)}"
        raise NotSuchZip(f"{_difference(found, names)}; {expected}")


def _difference(found: Sequence[str], names: Sequence[str]) -> str:
    """Name one difference, and of names only those that were expected."""
    others = [name for name in found if name not in names]
    if any("/" in name or "\\" in name for name in others):
        return "it has a folder"
    if others:
        return "it has a member with another name"
    for name in names:
        if found.count(name) != 1:
            return f"it has {name} twice" if name in found else f"it has no {name}"
    return f"its members stand in the order {', '.join(found)}"
