"""Guarantees that are lost are said: of swap, of groups, of users; one test for each kind."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.rehearsal.play import plan_of, pod_of

from holdfast.kubelet.cgroups import CgroupValues
from holdfast.rehearsal import stage
from holdfast.rehearsal.cgroups.group import Group, Tree

SMALL = {"limits": {"memory": "64Mi", "cpu": "100m"}}


class OneTree:
    """A tree of version 2 that makes nothing."""

    version = 2
    place = "/sys/fs/cgroup"
    directories: tuple[str, ...] = ()

    def __init__(self, *, limits_swap: bool) -> None:
        """What its kernel can do."""
        self.limits_swap = limits_swap

    def make(self, name: str, values: CgroupValues, *, group_kill: bool) -> Group:
        """Nobody asks for it here."""
        raise NotImplementedError


def of_groups(tree: Tree | None, **container: Any) -> Sequence[str]:
    """What is lost of limits."""
    plan = plan_of(pod_of(container), "true")
    return [str(loss) for loss in stage._cgroup_losses(plan, tree, "not writable")]


def of_user(user: int, monkeypatch: pytest.MonkeyPatch, **container: Any) -> Sequence[str]:
    """What is lost of a user's rights."""
    monkeypatch.setattr("os.geteuid", lambda: user)
    plan = plan_of(pod_of(container), "true")
    return [loss.what for loss in stage._user_losses(plan)]


@pytest.mark.parametrize(
    ("places", "limited", "said"), [(1, False, 1), (1, True, 0), (0, False, 0)]
)
def test_swap_that_has_no_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, places: int, limited: bool, said: int
) -> None:
    """A leak that is swapped out lives longer here than on a node: only where there is swap."""
    swaps = tmp_path / "swaps"
    swaps.write_text("Filename Type Size Used Priority\n" + "/swap file 1 0 -2\n" * places)
    monkeypatch.setattr(stage, "_SWAPS", swaps)

    losses = of_groups(OneTree(limits_swap=limited), resources=SMALL)

    assert sum("swap without limits" in loss for loss in losses) == said


def test_limits_without_groups() -> None:
    """Each kind of limit is told with the reason and with what would bring it back."""
    memory, cpu = of_groups(None, resources=SMALL)
    (measured,) = of_groups(None)

    assert memory.startswith("no control group for memory (not writable): ")
    assert cpu.startswith("no control group for CPU (not writable): ")
    assert measured.startswith("no control group (not writable): what is resident is measured")


def test_more_processors_than_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of 64 cores means nothing on a laptop."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    many = {"limits": {"cpu": "64"}}

    assert of_groups(OneTree(limits_swap=True), resources=many) == [
        "2 processors for app's limit of 64: it cannot use more than there are"
    ]


def test_rights_of_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another user or group, a low port, a low oom_score_adj; nothing of it is lost for root."""
    container = {
        "securityContext": {"runAsUser": 10001, "runAsGroup": 10002},
        "ports": [{"containerPort": 80}, {"containerPort": 8080}],
        "resources": SMALL,
    }
    (tmp_path / "first").write_text("1024\n")
    (tmp_path / "score").write_text("0\n")
    monkeypatch.setattr(stage, "_FIRST_OPEN_PORT", tmp_path / "first")
    monkeypatch.setattr(stage, "_OWN_SCORE", tmp_path / "score")
    monkeypatch.setattr("os.getegid", lambda: 1000)

    assert of_user(0, monkeypatch, **container) == []
    assert of_user(1000, monkeypatch, **container) == [
        "app runs as user 1000",
        "app runs with group 1000",
        "app has an oom_score_adj of 0 instead of -997",
        "app cannot listen on port 80",
    ]
    assert of_user(1000, monkeypatch, securityContext={"runAsUser": 1000}) == []
