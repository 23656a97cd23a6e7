"""From a first diagnosis to the whole answer: claims tested, patches proposed and proven.

Rules: the same for a cluster that was read and for a pod that was rehearsed; what a rehearsal has
measured stands in its replays.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from holdfast.cli.manifests import read_manifests
from holdfast.cli.replays import prove_patches, weigh
from holdfast.diagnosis.diagnose import with_findings
from holdfast.fixes.propose import propose_all
from holdfast.model.finding import Diagnosis
from holdfast.model.snapshot import Snapshot
from holdfast.simulation.workload import Workload

_STDIN = "-"


def conclude(
    diagnosis: Diagnosis,
    snapshot: Snapshot,
    inputs: Iterable[str],
    replays: int,
    say: Callable[[str], None],
    measured: Workload | None = None,
) -> Diagnosis:
    """The diagnosis with patches as edits of the manifests among the inputs, and with proofs.

    `replays` limits how many findings are replayed, the worst first; 0 replays none. `measured` is
    what the processes of the one pod were seen to do.
    """
    if replays:
        diagnosis = with_findings(diagnosis, weigh(diagnosis, snapshot, replays, say))
    files = (path for path in inputs if path != _STDIN and Path(path).is_file())
    proposed = propose_all(diagnosis.findings, snapshot, read_manifests(files))
    diagnosis = with_findings(diagnosis, proposed)
    if replays:
        proven = prove_patches(diagnosis, snapshot, replays, say, measured)
        diagnosis = with_findings(diagnosis, proven)
    return diagnosis
