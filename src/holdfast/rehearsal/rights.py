"""What a container may do as root: the capabilities that runtimes give, and what its manifest says.

Rules: capabilities are numbers here, as the kernel counts them. Source: linux/capability.h;
containerd 2.x pkg/oci/spec.go defaultUnixCaps, internal/cri/opts WithContainerCapabilities order:
"ALL" first, then what is added, then what is dropped.
"""

from holdfast.model.container import Capabilities, Container

_NAMES = (
    "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID",
    "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW",
    "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT",
    "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD",
    "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG",
    "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
)  # fmt: skip
_DEFAULT = (
    "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP",
    "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
)  # fmt: skip
_ALL = "ALL"


def capabilities_of(spec: Container) -> tuple[int, ...] | None:
    """Those of root in a container; None for all of them, as a privileged one has."""
    context = spec.security_context
    if context is not None and context.privileged:
        return None
    wanted = context.capabilities if context is not None else None
    kept = _kept(wanted if wanted is not None else Capabilities())
    return tuple(number for number, name in enumerate(_NAMES) if name in kept)


def gains_no_rights(spec: Container) -> bool:
    """Whether programs with a setuid bit gain nothing by it (allowPrivilegeEscalation: false)."""
    context = spec.security_context
    return context is not None and context.allow_privilege_escalation is False


def reads_only(spec: Container) -> bool:
    """Whether it writes to nothing but its volumes (readOnlyRootFilesystem)."""
    context = spec.security_context
    return context is not None and bool(context.read_only_root_filesystem)


def _kept(wanted: Capabilities) -> set[str]:
    added = {_plain(name) for name in wanted.add or ()}
    dropped = {_plain(name) for name in wanted.drop or ()}
    kept = set(_NAMES if _ALL in added else _DEFAULT)
    if _ALL in dropped:
        kept = set()
    return (kept | added) - dropped


def _plain(name: str) -> str:
    return name.upper().removeprefix("CAP_")
