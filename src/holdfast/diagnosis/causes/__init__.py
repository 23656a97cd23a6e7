"""One file per cause: what it predicts, the evidence for and against, its documentation.

What belongs here: `<id>_<bad_pattern>.py` with `CAUSE` and `judge(case)`. What does not: anything
that two causes share (that is evidence), and knowledge of other causes beyond their ids.
"""
