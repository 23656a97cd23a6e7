"""From a snapshot to ranked causes.

`evidence/` collects facts with pointers to where they were seen and has no opinions. `causes/` has
one file per cause, found by import and listed nowhere. What does not belong here: reading, printing
and patching. No clock: the time of the capture is part of the snapshot.
"""
