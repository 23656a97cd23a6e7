"""Support bundles of troubleshoot.sh.

Source: replicatedhq/troubleshoot pkg/constants, pkg/collect/logs.go.
`cluster-resources/pods/<namespace>.json` is a list, in old bundles a bare array; so are events.
Logs lie below `cluster-resources/pods/logs/` and where the bundle's author collected them. Values
in a bundle may have been redacted, and a file with no events does not mean that nothing happened.
"""

from holdfast.model.regex import regex
from holdfast.model.snapshot import Gap, GapKind
from holdfast.sources.collector import Collector
from holdfast.sources.format import Tree, TreeFormat
from holdfast.sources.tree_logs import read_tree_logs

_RESOURCES = "cluster-resources/"
_POD_LOG = regex(
    r"(?:.*/)?cluster-resources/pods/logs/(?P<namespace>[^/]+)/(?P<pod>[^/]+)/"
    r"(?P<container>[^/]+?)(?P<previous>-previous)?\.log$"
)
_COLLECTED_LOG = regex(
    r"(?:[^/]+/)*?(?!cluster-resources)[^/]+/(?P<pod>[a-z0-9.-]+)/(?P<container>[a-z0-9-]+?)"
    r"(?P<previous>-previous)?\.log$"
)
_HIDDEN = b"***HIDDEN***"
# Written by the collector about itself, and resources that no diagnosis uses.
_UNUSED = regex(
    r"(?:.*/)?(?:analysis\.json|version\.yaml|execution-data/.*|host-collectors/.*|node-metrics/.*"
    r"|cluster-resources/(?:auth-cani-list|clusterroles?|clusterrolebindings?|roles?|rolebindings?"
    r"|custom-resources|custom-resource-definitions|configmaps|endpoints|ingress|leases"
    r"|limitranges|network-policy|persistent-volumes|pvcs|priorityclasses|resource-quotas?"
    r"|resources|services|serviceaccounts|storage-classes|volumeattachments|groups)(?:[-./].*)?)$"
)


def recognise(tree: Tree) -> int:
    """The directory of cluster resources with pods by namespace."""
    return 85 if any(f"/{_RESOURCES}pods" in f"/{path}" for path in tree.entries) else 0


def read(tree: Tree, into: Collector) -> set[str]:
    """The logs; lists of objects are left to the readers of JSON and YAML."""
    done = {path for path in tree.entries if _UNUSED.match(path)}
    done |= read_tree_logs(tree, _POD_LOG, into)
    rest = Tree(tree.name, {p: e for p, e in tree.entries.items() if p not in done})
    done |= read_tree_logs(rest, _COLLECTED_LOG, into)
    _tell_redaction(tree, into)
    return done


def _tell_redaction(tree: Tree, into: Collector) -> None:
    for entry in tree.matching(lambda path: f"{_RESOURCES}pods/" in path and path.endswith("json")):
        if _HIDDEN in entry.head():
            what = "values that the bundle's collector hid"
            cost = "hidden is not unset: settings in environment values could not be looked at"
            into.add_gap(Gap(GapKind.REDACTED, what, f"{tree.name}/{entry.path}", cost))


FORMAT = TreeFormat("support bundle", recognise, read)
