"""The names of an archive's members, compared with those expected."""

from collections.abc import Sequence

from iepbridge.codecs.zip_end import NotSuchZip


def check_names(found: Sequence[str], names: Sequence[str]) -> None:
    """Refuse an archive whose directory does not list exactly `names`, in their order."""
    if list(found) == list(names):
        return
    known = [name for name in found if name in names]
    expected = f"expected were, in this order, {', '.join(names)}"
    if any("/" in name or "\\" in name for name in found if name not in names):
        what = "it has a folder"
    elif len(known) < len(found):
        what = "it has a member with another name"
    elif twice := [name for name in names if known.count(name) > 1]:
        what = f"it has {twice[0]} twice"
    elif missing := [name for name in names if name not in found]:
        what = f"it has no {missing[0]}"
    else:
        what = f"its members stand in the order {', '.join(known)}"
    raise NotSuchZip(f"{what}; {expected}")
