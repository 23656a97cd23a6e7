"""What a proof says of remedies for memory, on recordings: a limit only puts a leak off."""

import re

import msgspec
from tests.recordings.calibrate import examined
from tests.recordings.recorded import last_moment, snapshot_at

from holdfast.fixes.propose import propose
from holdfast.kubelet.behaviour import NEWEST, behaviour_of
from holdfast.model.finding import Finding
from holdfast.model.proof import PatchProof
from holdfast.simulation.try_patch import try_patch

KUBELET = behaviour_of(NEWEST)
MOMENT = last_moment("oom-leak")
SNAPSHOT = snapshot_at("oom-leak", MOMENT)


def leak() -> Finding:
    """The diagnosis of the recorded leak."""
    *_, finding = examined("oom-leak", MOMENT, with_events=True)
    return finding


def test_leak_gets_no_patch_and_is_told_what_a_limit_would_do() -> None:
    """Twice the limit is tried all the same: the pod goes on being restarted, hardly less often."""
    finding = leak()
    said = try_patch(finding, SNAPSHOT.pods[0], MOMENT, KUBELET)

    assert finding.patch is None
    assert isinstance(said, str)
    assert said.startswith("there is none, for a limit only puts the end of a leak off")
    told = re.search(r"restarts it (\d+) times a day instead of (\d+)", said)
    assert told is not None
    after, before = int(told[1]), int(told[2])
    assert before * 0.9 < after <= before


def test_higher_limit_is_proven_up_to_a_need_and_a_leak_is_told_beside_it() -> None:
    """Taken for a limit that is too small, the raise holds on an assumption, which is named."""
    finding = leak()
    small = tuple(verdict for verdict in finding.verdicts if verdict.cause == "D01")
    finding = propose(msgspec.structs.replace(finding, verdicts=small), SNAPSHOT, ())
    proof = try_patch(finding, SNAPSHOT.pods[0], MOMENT, KUBELET)

    assert finding.patch is not None
    assert isinstance(proof, PatchProof)
    assert proof.holds
    assert proof.assumes.startswith("that it needs no more than ")
    assert proof.seeds_after == 200
    assert proof.restarts_after.high == 0
    assert proof.leaking_after is not None
    assert (proof.leaking_after.low or 0) > 0


def test_child_that_is_killed_leaves_nothing_to_prove() -> None:
    """On cgroup v1 the container goes on: no restart, no cause, no patch, no proof."""
    moment = last_moment("oom-child")
    *_, finding = examined("oom-child", moment, with_events=True)

    assert finding.patch is None
    proven = try_patch(finding, snapshot_at("oom-child", moment).pods[0], moment, KUBELET)
    assert not isinstance(proven, PatchProof)
