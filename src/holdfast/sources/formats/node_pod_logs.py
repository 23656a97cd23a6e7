"""/var/log/pods of a node: `<namespace>_<pod>_<uid>/<container>/<restart count>.log[.rotated]`.

The number in a file's name is the restart count of that run (pkg/kubelet/kuberuntime), so the
highest one belongs to the current life, and the pod's restarts are known without any API. Times of
starts and ends are in front of the lines, but a run may have been silent: they are not taken for
the API's.
"""

from collections import defaultdict
from typing import Any

import msgspec

from holdfast.model.pod import Pod
from holdfast.model.regex import regex
from holdfast.model.snapshot import Gap, GapKind, Log, LogLife
from holdfast.sources.collector import Collector
from holdfast.sources.format import Entry, Tree, TreeFormat
from holdfast.sources.tree_logs import add_log_file

_FILE = regex(
    r"(?:.*/)?(?P<namespace>[a-z0-9-]+)_(?P<pod>[a-z0-9.-]+)_(?P<uid>[0-9a-f-]{32,36})/"
    r"(?P<container>[a-z0-9-]+)/(?P<restart>\d+)\.log$"
)
_ROTATED = regex(r".*/\d+\.log\.\d{8}-\d{6}(?:\.gz)?$")
_RunKey = tuple[str, str, str, str]


def recognise(tree: Tree) -> int:
    """The names of the kubelet's log directories."""
    return 83 if any(_FILE.match(path) for path in tree.entries) else 0


def read(tree: Tree, into: Collector) -> set[str]:
    """The newest two runs of every container, and pods with their restart counts."""
    runs: defaultdict[_RunKey, dict[int, Entry]] = defaultdict(dict)
    done = {path for path in tree.entries if _ROTATED.match(path)}
    for entry in tree.matching(_FILE.match):
        match = _FILE.match(entry.path)
        if match is not None:
            key = (match["namespace"], match["pod"], match["uid"], match["container"])
            runs[key][int(match["restart"])] = entry
            done.add(entry.path)
    for key, files in runs.items():
        for restart in sorted(files)[-2:]:
            life = LogLife.CURRENT if restart == max(files) else LogLife.PREVIOUS
            _read_run(tree, key, restart, life, files[restart], into)
    _add_pods(tree, runs, into)
    return done


def _read_run(
    tree: Tree, key: _RunKey, restart: int, life: LogLife, entry: Entry, into: Collector
) -> None:
    namespace, pod, uid, container = key
    source = f"{tree.name}/{entry.path}"
    template = Log((), source, life, namespace, pod, container, uid, restart=restart)
    add_log_file(entry, template, into)


def _add_pods(tree: Tree, runs: dict[_RunKey, dict[int, Entry]], into: Collector) -> None:
    counts: defaultdict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for (namespace, pod, uid, container), files in runs.items():
        counts[namespace, pod, uid][container] = max(files)
    for (namespace, name, uid), containers in counts.items():
        into.add_pod(_pod(namespace, name, uid, containers), tree.name)
    if counts:
        what = "exit codes, times and events"
        cost = "logs do not tell how a container ended; get them with: kubectl describe pod"
        into.add_gap(Gap(GapKind.ABSENT, what, tree.name, cost))


def _pod(namespace: str, name: str, uid: str, containers: dict[str, int]) -> Pod:
    statuses = [{"name": c, "restartCount": count} for c, count in sorted(containers.items())]
    shaped: dict[str, Any] = {
        "metadata": {"namespace": namespace, "name": name, "uid": uid},
        "status": {"phase": "Running", "containerStatuses": statuses},
    }
    return msgspec.convert(shaped, Pod)


FORMAT = TreeFormat("/var/log/pods", recognise, read)
