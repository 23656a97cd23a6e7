"""`kubectl cluster-info dump --output-directory`: JSON or YAML per namespace, logs per pod.

Only the logs need this module; everything else in the directory is read as what it is.
"""

from holdfast.model.snapshot import Gap, GapKind
from holdfast.sources.collector import Collector
from holdfast.sources.dump_logs import dump_logs, is_marker
from holdfast.sources.encoding import as_text
from holdfast.sources.format import LARGEST_BYTES, Tree, TreeFormat

_LOGS = "/logs.txt"


def recognise(tree: Tree) -> int:
    """A nodes file, and a directory with pods beside directories with logs.txt."""
    paths = tree.entries
    pods = any(p.endswith(("/pods.json", "/pods.yaml")) for p in paths)
    logs = any(p.endswith(_LOGS) for p in paths)
    return 80 if pods and logs else 0


def read(tree: Tree, into: Collector) -> set[str]:
    """The logs of all containers."""
    done = set()
    for entry in tree.matching(lambda path: path.endswith(_LOGS)):
        if entry.size > LARGEST_BYTES:
            continue
        head = as_text(entry.head()).lstrip().partition("\n")[0]
        if not is_marker(head):
            continue
        done.add(entry.path)
        for log in dump_logs(as_text(entry.content()), f"{tree.name}/{entry.path}"):
            into.add_log(log)
    into.add_gap(
        Gap(
            GapKind.ABSENT,
            "logs of previous lives",
            tree.name,
            "cluster-info dump keeps the log of the current life only; get the other one with: "
            "kubectl logs --previous",
        )
    )
    return done


FORMAT = TreeFormat("kubectl cluster-info dump", recognise, read)
