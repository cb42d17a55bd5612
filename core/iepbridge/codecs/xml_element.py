"""An element as readers outside this room see it."""

from lxml import etree
from lxml.etree import _Element as Element

__all__ = ["Element", "empty_element"]


def empty_element() -> Element:
    """Give an element with nothing in it."""
    return etree.Element("absent")
