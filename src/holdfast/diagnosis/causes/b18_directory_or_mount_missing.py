"""The working directory, or the place where a volume shall be mounted, does not exist or fit.

What happens
------------
The runtime prepares the container's file system and then changes into `workingDir`. One of the two
steps fails, before the program is looked for.

Why it hurts
------------
The program never runs, and the message is easily taken for a missing command.

How we know
-----------
The runtime says "chdir", "error mounting" or "not a directory" in its refusal.

What else it could be
---------------------
A missing command is named behind "exec:" (B01). A volume that cannot be made at all is B06.

Fix
---
Correct `workingDir` or create it in the image; mount a file onto a file (`subPath`) and a directory
onto a directory.

When the fix is wrong
---------------------
A volume mounted over the parent hides the directory that the image has: then move the mount.

References
----------
docs/specs/causes.md 8 (B18).
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import start_claim, who
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B18",
    title="its working directory or a mount target is missing",
    lookalikes=("B01", "B06", "A20"),
)

# opencontainers/runc libcontainer/rootfs_linux.go and init_linux.go, containers/crun.
_PLACE = regex(
    r'chdir to cwd \("(?P<cwd>[^"]+)"\)|chdir to [`\'"](?P<crun>[^`\'"]+)|\bchdir\b'
    r'|error mounting "(?P<source>[^"]+)" to rootfs at "(?P<target>[^"]+)"'
    r"|mount [`'\"]?\S+ to [`'\"]?(?P<crun_target>[^`'\":\s]+).*: Not a directory"
    r"|(?P<kind>trying to mount a directory onto a file|not a directory)"
    r"|mkdir (?P<made>\S+): (?:read-only file system|permission denied|file exists)"
    r"|current working directory is outside of container mount namespace",
    re.IGNORECASE,
)
# Set apart: these name the program (B01, B02), the subPath (B06) or the label (B12).
_REASONS = frozenset(
    {"StartError", "RunContainerError", "CreateContainerError", "ContainerCannotRun", "Failed"}
)


def judge(case: Case) -> Verdict | None:
    """A runtime that could not enter the working directory or make a mount."""
    found = start_claim(CAUSE, case, _PLACE, _REASONS)
    if found is None:
        return None
    claim, match = found
    if "subPath" in match.string or 'exec: "' in match.string:
        return None
    directory = match["cwd"] or match["crun"]
    target = match["target"] or match["crun_target"] or match["made"]
    if directory or "chdir" in match[0].lower():
        what = f"working directory {directory}" if directory else "its working directory"
        why = f"{what} cannot be entered"
        if directory:
            claim.with_parameter("directory", directory)
    elif target:
        claim.with_parameter("mount_path", target)
        why = f"nothing can be mounted at {target}"
    else:
        why = "a directory is mounted onto a file or the reverse"
    return claim.verdict(f"{who(case)} cannot start: {why}")
