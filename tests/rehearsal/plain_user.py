"""Runs a command as a user without rights: `python -m tests.rehearsal.plain_user [FLAG ...] CMD`.

How. Root becomes nobody, who keeps no capability. What holdfast needs of this computer lies where
nobody may not look (a checkout below /root, pyenv's interpreter), so it is shown to him in a mount
namespace, at the same paths, in an otherwise empty directory. The process id stays the same.

`--no-namespaces`: the kernel refuses him namespaces of any kind, as on computers where an
administrator has switched them off. `--group DIRECTORY`: he is in a control group of his own.
"""

import os
import sys
from pathlib import Path

from holdfast.rehearsal.runtime import kernel

NOBODY = 65534
ROOT = Path(__file__).parents[2]
_EVERY_USER = "0 0 4294967295"
_OPEN = 0o755
_OTHERS = 0o001


def through(*flags: str) -> tuple[str, ...]:
    """The beginning of a command that is to be run by nobody; the present directory is kept."""
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests.rehearsal import plain_user"
    return (sys.executable, "-c", f"{start}; plain_user.main()", *flags)


def main() -> None:
    """Become nobody, then the command."""
    words = sys.argv[1:]
    directory = Path.cwd()
    _show(ROOT, Path(sys.prefix), Path(sys.base_prefix))
    while words[0].startswith("--"):
        flag = words.pop(0)
        if flag == "--group":
            for hierarchy in words.pop(0).split(","):
                Path(hierarchy, "cgroup.procs").write_text("0", encoding="ascii")
        elif flag == "--no-namespaces":
            _refuse_namespaces()
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.chdir(directory)
    os.execve(words[0], words, {**os.environ, "HOME": str(directory)})  # noqa: S606


def _show(*wanted: Path) -> None:
    """Let everybody see these directories, and nothing else of the closed ones they lie in."""
    kernel.unshare(kernel.NEW_MOUNTS)
    kernel.mount("none", "/", flags=kernel.RECURSIVE | kernel.PRIVATE)
    hidden = {path: closed for path in wanted if (closed := _closed_parent(path)) is not None}
    opened = {path: os.open(path, os.O_PATH) for path in hidden}
    for closed in set(hidden.values()):
        kernel.mount("shown", str(closed), "tmpfs", options="mode=755")
    for path, descriptor in opened.items():
        path.mkdir(_OPEN, parents=True, exist_ok=True)
        source = f"/proc/self/fd/{descriptor}"
        kernel.mount(source, str(path), flags=kernel.BIND | kernel.RECURSIVE)
        os.close(descriptor)


def _closed_parent(path: Path) -> Path | None:
    """The outermost directory on the way there that not everybody may pass."""
    for parent in reversed(path.parents):
        if not parent.stat().st_mode & _OTHERS:
            return parent
    return None


def _refuse_namespaces() -> None:
    """As sysctl user.max_user_namespaces=0 does, but for a user namespace of all users alone."""
    asked_end, asked = os.pipe()
    process = os.getpid()
    helper = os.fork()
    if helper == 0:
        # The maps of all users can only be written from outside.
        os.read(asked_end, 1)
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{process}/{name}").write_text(_EVERY_USER, encoding="ascii")
        os._exit(0)
    kernel.unshare(kernel.NEW_USERS)
    os.write(asked, b".")
    os.waitpid(helper, 0)
    for end in (asked_end, asked):
        os.close(end)
    # The limit holds for the namespaces below the writer's own (user_namespaces(7)).
    Path("/proc/sys/user/max_user_namespaces").write_text("0", encoding="ascii")


if __name__ == "__main__":
    main()
