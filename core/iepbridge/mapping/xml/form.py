"""The file form of a layout of codec `xml`, and what its frame counts."""

from iepbridge.mapping.file_forms import XmlFile
from iepbridge.mapping.layout import Layout


def xml_file(layout: Layout) -> XmlFile:
    """Give what a file of the layout is, which must be one of XML."""
    assert isinstance(layout.file, XmlFile)
    return layout.file


def counted(layout: Layout) -> list[str]:
    """Give the names of the elements that the frame counts, in its order."""
    return [field.counted for field in layout.frame if field.kind == "count"]
