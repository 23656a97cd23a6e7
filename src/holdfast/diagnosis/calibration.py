"""How often an answer of a kind was right, measured on the recordings of a real kubelet.

Rules: a confidence is a frequency, not a feeling. The table is written by
`python -m tests.recordings.calibrate`, which replays every recorded scenario, and a test fails when
it is out of date. Kinds of evidence that no recording contains have no frequency: they get the
share that the evidence itself gives, and not more than the cap.
"""

from holdfast.model.evidence import Grounds

# No recording supports more than this for a kind of evidence that none contains.
UNMEASURED_CAP = 0.7


def confidence(grounds: Grounds, share: float) -> float:
    """The frequency with which the leading claim was right, for evidence of this kind.

    `share` is the claim's part of all odds, 0 to 1. A claim that does not lead keeps its share.
    """
    del grounds
    return min(share, UNMEASURED_CAP)
