"""What a number of Kafka brokers means."""

from holdfast.dependencies.verdict import STARTING, UP, Verdict


def judge_brokers(known: int, wanted: int) -> Verdict:
    """Up when the metadata names at least as many brokers as wanted."""
    words = f"{known} broker{'' if known == 1 else 's'} in the metadata"
    if known < wanted:
        return Verdict(STARTING, f"{words}, {wanted} wanted")
    return Verdict(UP, words)
