"""What was not read is said, and said once."""

from tests.diagnosis.cases import case, terminated

from holdfast.diagnosis.diagnose import diagnose
from holdfast.model.finding import Diagnosis

NODE = {"metadata": {"name": "node-2"}, "status": {"nodeInfo": {"kubeletVersion": "v1.33.0"}}}


def gaps(diagnosis: Diagnosis) -> tuple[list[str], list[str]]:
    """What is missing in all, and what of the first finding."""
    return [g.what for g in diagnosis.gaps], [g.what for g in diagnosis.findings[0].unread]


def test_input_without_nodes_says_so_once() -> None:
    """A report about a hundred pods does not say a hundred times that nodes were not given."""
    whole, each = gaps(diagnose(case(last=terminated(1)).context.snapshot))

    assert whole == ["nodes"]
    assert not any("node" in what for what in each)


def test_missing_node_among_others_is_told_of_its_pod() -> None:
    """Where nodes were read, the one that is missing concerns its own pods only."""
    whole, each = gaps(diagnose(case(last=terminated(1), nodes=(NODE,)).context.snapshot))

    assert whole == []
    assert "node node-1" in each
