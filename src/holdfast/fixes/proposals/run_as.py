"""Users, groups and ports that a process may use (A19, A20, B05).

Rules: rights are widened by as little as works, for the pod and not for the node; ids come from the
specification where it has them, and are a sketch where it does not.
"""

from holdfast.fixes.facts import Facts
from holdfast.fixes.proposal import Proposal
from holdfast.model.edit import Change, Json, Safety

CAUSES = ("A19", "A20", "B05")

# The first id that distributions give to people; any number above 0 would do.
_SOME_ID = 1000
# Linux ip_unprivileged_port_start, default.
_FIRST_FREE_PORT = 1024
# Directories that hold no program: an empty volume there hides nothing.
_SCRATCH = ("/var/cache/", "/var/run/", "/run/", "/var/log/", "/var/tmp/")  # noqa: S108
_READ_ONLY = r"read-only file system|EROFS"


def propose(facts: Facts) -> Proposal | None:
    """One rule per cause."""
    if facts.container is None:
        return None
    rules = {"A19": _low_ports, "A20": _writable, "B05": _user}
    return rules[facts.verdict.cause](facts)


def _low_ports(facts: Facts) -> Proposal | None:
    """A safe sysctl of the pod's own network; with hostNetwork it would be the node's."""
    port = facts.number("port")
    if facts.pod.spec.host_network or (port is not None and port >= _FIRST_FREE_PORT):
        return None
    settings: Json = [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]
    explanation = (
        "ports below 1024 need a privilege that the user of the process does not have; this sysctl "
        "lifts that in the network of this pod only. A port of 1024 and above in the program's "
        "settings, with the Service mapping to it, needs no privilege at all"
    )
    caveats = ("it replaces the list of sysctls of the pod, if it has one",)
    change = Change(("securityContext", "sysctls"), settings)
    return Proposal(Safety.REVIEW, explanation, (change,), caveats)


def _writable(facts: Facts) -> Proposal | None:
    security = facts.container.security_context if facts.container else None
    if facts.said(_READ_ONLY) and security is not None and security.read_only_root_filesystem:
        return _scratch(facts)
    pod = facts.pod.spec.security_context
    if pod is not None and pod.fs_group is not None:
        return None
    if not any(volume.persistent_volume_claim for volume in facts.pod.spec.volumes or ()):
        return None
    group, why = _group(facts)
    explanation = (
        f"fsGroup {group} makes the volumes of the pod writable for that group ({why}). The "
        "kubelet changes the group of all files once, which takes long on large volumes"
    )
    change = Change(("securityContext", "fsGroup"), group)
    return Proposal(Safety.SKETCH, explanation, (change,))


def _scratch(facts: Facts) -> Proposal | None:
    mounts = (facts.container.volume_mounts or ()) if facts.container else ()
    path = facts.text("path")
    place = path.rpartition("/")[0] if path.startswith(_SCRATCH) else "/tmp"  # noqa: S108
    if any(mount.mount_path == place for mount in mounts):
        return None
    changes = (
        Change(("volumes", "scratch"), {"emptyDir": {}}),
        facts.set("volumeMounts", place, {"name": "scratch"}),
    )
    explanation = (
        "the root file system is read-only and stays so; an emptyDir gives the program a place to "
        f"write. {place} has to be the directory that its log names"
    )
    return Proposal(Safety.SKETCH, explanation, changes)


def _group(facts: Facts) -> tuple[int, str]:
    container = facts.container.security_context if facts.container else None
    for security in (container, facts.pod.spec.security_context):
        if security is not None and (security.run_as_group or security.run_as_user):
            number = security.run_as_group or security.run_as_user or 0
            return number, "the id that the process runs with"
    return _SOME_ID, "it stands for the group of the user in the image"


def _user(facts: Facts) -> Proposal | None:
    security = facts.container.security_context if facts.container else None
    pod = facts.pod.spec.security_context
    root = 0 in (
        security.run_as_user if security else None,
        pod.run_as_user if pod else None,
    )
    if root:
        return None
    explanation = (
        f"runAsNonRoot needs a user that is a number above 0, and the image names root or a name; "
        f"{_SOME_ID} stands for the id of the image's own user"
    )
    change = facts.set("securityContext", "runAsUser", _SOME_ID)
    return Proposal(Safety.SKETCH, explanation, (change,))
