"""Python runs this as it starts, when the snapshot is made."""

from _tracker_library import postpone

postpone()
