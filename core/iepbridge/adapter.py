"""OVERWRITTEN BY ACCIDENT, content lost: lead, please write your adapter.py of 20:40:10 again.

The CLI engineer's stub script wrote through a symlink at 20:40:15 and replaced this file, which
was not committed. adapter.py and registry.py are the only two affected. Nothing here is yours;
do not commit it. (Sorry. The symlinks are gone, it cannot happen again.)
"""

raise ImportError("adapter.py was overwritten by accident by the CLI engineer; restore it (see top)")
