"""How many answers of each kind were right: (right, all).

Written by `python -m tests.recordings.calibrate`; do not edit.
"""

from holdfast.diagnosis.standing import Standing
from holdfast.model.evidence import Grounds

MEASURED: dict[tuple[Grounds, Standing], tuple[int, int]] = {
    (Grounds.INFERRED, Standing.NARROW): (3, 6),
    (Grounds.OBSERVED, Standing.CLEAR): (56, 56),
    (Grounds.OBSERVED, Standing.NARROW): (49, 50),
    (Grounds.READ, Standing.CLEAR): (35, 35),
    (Grounds.READ, Standing.NARROW): (0, 1),
}
