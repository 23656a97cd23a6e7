"""How sure an answer is: the frequency with which answers of its kind were right.

Rules: a confidence is measured on the recordings of a real kubelet and on real crashes
(docs/calibration.md), not felt; `measured.py` holds the counts. Kinds of answers that were hardly
ever met get no more than their share of the odds, and not more than a cap.
"""

from holdfast.diagnosis.measured import MEASURED
from holdfast.diagnosis.standing import Standing
from holdfast.model.evidence import Grounds

# Ten times the odds of everything else together: the next piece of weak evidence cannot turn it.
_CLEAR_SHARE = 10 / 11
# Below this many answers a frequency says little (its 90 % interval is wider than a half).
_FEWEST_ANSWERS = 5
UNMEASURED_CAP = 0.7


def standing(share: float) -> Standing:
    """How clearly a leader with this share of all odds leads."""
    return Standing.CLEAR if share >= _CLEAR_SHARE else Standing.NARROW


def confidence(grounds: Grounds, share: float) -> float:
    """How sure a leading answer of this kind is, 0 to 1. `share` is its part of all odds."""
    right, every = MEASURED.get((grounds, standing(share)), (0, 0))
    if every < _FEWEST_ANSWERS:
        return min(share, UNMEASURED_CAP)
    # Laplace's rule of succession: no number of right answers makes the next one certain.
    return min(share, (right + 1) / (every + 2))
