"""How many answers of each kind were right: (right, all).

Written by `python -m tests.recordings.calibrate`; do not edit.
"""

from holdfast.diagnosis.standing import Standing
from holdfast.model.evidence import Grounds

MEASURED: dict[tuple[Grounds, Standing], tuple[int, int]] = {
    (Grounds.INFERRED, Standing.NARROW): (3, 6),
    (Grounds.OBSERVED, Standing.CLEAR): (57, 57),
    (Grounds.OBSERVED, Standing.NARROW): (48, 48),
    (Grounds.READ, Standing.CLEAR): (31, 31),
    (Grounds.READ, Standing.NARROW): (6, 6),
    (Grounds.SUGGESTED, Standing.NARROW): (1, 1),
}
