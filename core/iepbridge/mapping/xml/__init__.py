"""XML: places are paths of elements and attributes; one element a plan."""
