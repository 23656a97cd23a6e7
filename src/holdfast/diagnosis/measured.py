"""How many answers of each kind were right: (right, all).

Written by `python -m tests.recordings.calibrate`; do not edit.
"""

from holdfast.diagnosis.standing import Standing
from holdfast.model.evidence import Grounds

MEASURED: dict[tuple[Grounds, Standing], tuple[int, int]] = {
    (Grounds.INFERRED, Standing.NARROW): (6, 15),
    (Grounds.OBSERVED, Standing.CLEAR): (139, 139),
    (Grounds.OBSERVED, Standing.NARROW): (74, 74),
    (Grounds.READ, Standing.CLEAR): (30, 30),
    (Grounds.READ, Standing.NARROW): (7, 7),
    (Grounds.REPLAYED, Standing.CLEAR): (9, 9),
    (Grounds.REPLAYED, Standing.NARROW): (11, 11),
    (Grounds.SUGGESTED, Standing.NARROW): (1, 1),
}
