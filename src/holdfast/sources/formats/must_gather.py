"""OpenShift must-gather and `oc adm inspect`: one YAML file per object, logs per container.

Only what a diagnosis uses is read: YAML is slow, and a must-gather is mostly custom resources.
`core/pods.yaml` repeats the pod files, which count once.
"""

import re

from holdfast.model.regex import regex
from holdfast.sources.collector import Collector
from holdfast.sources.format import Tree, TreeFormat
from holdfast.sources.tree_logs import read_tree_logs

_LOG = regex(
    r"(?:.*/)?namespaces/(?P<namespace>[^/]+)/pods/(?P<pod>[^/]+)/(?P<container>[^/]+)/[^/]+/logs/"
    r"(?:current|(?P<previous>previous(?:\.insecure)?))\.log$"
)
_USED = regex(
    r"(?:.*/)?(?:namespaces/[^/]+/(?:pods/[^/]+/[^/]+|core/(?:pods|events|replicationcontrollers)"
    r"|apps/\w+(?:/[^/]+)?|batch/\w+(?:/[^/]+)?)|cluster-scoped-resources/core/nodes/[^/]+)"
    r"\.(?:yaml|json)$"
)
_POD_FILE = regex(r"(?:.*/)?namespaces/(?P<namespace>[^/]+)/pods/(?P<pod>[^/]+)/(?P=pod)\.yaml$")


def recognise(tree: Tree) -> int:
    """Namespaces with a directory for each pod, or with core objects."""
    marks = (_LOG.match, _POD_FILE.match, regex(r"(?:.*/)?namespaces/[^/]+/core/").match)
    return 85 if any(mark(path) for path in tree.entries for mark in marks) else 0


def read(tree: Tree, into: Collector) -> set[str]:
    """The logs; used objects are left to the reader of YAML, everything else is passed over."""
    logs = read_tree_logs(tree, _LOG, into)
    done = {path for path in tree.entries if not _USED.match(path)} | logs
    namespaces = {m["namespace"] for path in tree.entries if (m := _POD_FILE.match(path))}
    done |= {
        path
        for path in tree.entries
        if (m := re.match(r"(?:.*/)?namespaces/([^/]+)/core/pods\.yaml$", path))
        and m[1] in namespaces
    }
    return done


FORMAT = TreeFormat("must-gather", recognise, read)
