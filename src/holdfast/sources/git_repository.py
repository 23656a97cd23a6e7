"""A git repository, read through git itself: tags, history, changes, and files of a revision.

Rules: nothing is written, and no remote is asked but by `remote_tags`. Names of revisions come from
people: none of them is ever taken for a flag of git. What git says when it refuses is passed on.
"""

import subprocess
from typing import NamedTuple

from holdfast.model.errors import HoldfastError

_FIELD, _RECORD = "\x1f", "\x1e"


class GitError(HoldfastError):
    """A repository, or a revision in it, that cannot be read."""


class GitTag(NamedTuple):
    """A tag, and the commit that it names (that of an annotated tag, not the tag's own object)."""

    name: str
    commit: str


class Commit(NamedTuple):
    """A commit with its whole message."""

    id: str
    message: str


class GitRepository:
    """The repository that a directory belongs to."""

    def __init__(self, directory: str = ".") -> None:
        """Find it. Raises GitError where there is none, or no git."""
        self._directory = directory
        self._run("rev-parse", "--git-dir", expected="a git repository")

    @property
    def is_shallow(self) -> bool:
        """Whether history is cut off, as by `git clone --depth`."""
        return self._run("rev-parse", "--is-shallow-repository").strip() == "true"

    def head(self) -> str:
        """The commit that is checked out. Raises GitError where there is none yet."""
        return self.commit_of("HEAD")

    def commit_of(self, revision: str) -> str:
        """The commit that a name means. Raises GitError."""
        text = self._run(
            "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}",
            expected=f"a commit called {revision}",
        )  # fmt: skip
        return text.strip()

    def tags(self) -> tuple[GitTag, ...]:
        """All tags."""
        form = f"%(refname:strip=2){_FIELD}%(objectname){_FIELD}%(*objectname)"
        lines = self._run("for-each-ref", "refs/tags", f"--format={form}").splitlines()
        rows = (line.split(_FIELD) for line in lines)
        return tuple(GitTag(name, peeled or direct) for name, direct, peeled in rows)

    def remote_tags(self, remote: str) -> tuple[GitTag, ...]:
        """All tags of a remote, which is asked. Raises GitError."""
        text = self._run(
            "ls-remote", "--tags", "--end-of-options", remote, expected=f"a remote called {remote}"
        )
        commits: dict[str, str] = {}
        for line in text.splitlines():
            commit, _, reference = line.partition("\t")
            name = reference.removeprefix("refs/tags/")
            # The peeled line of an annotated tag follows its own.
            commits[name.removesuffix("^{}")] = commit
        return tuple(GitTag(name, commit) for name, commit in commits.items())

    def changed_files(self) -> tuple[str, ...]:
        """Files under git that differ from HEAD. Files that git does not know are none of them."""
        text = self._run("status", "--porcelain", "-z", "--untracked-files=no")
        return tuple(entry[3:] for entry in text.split("\0") if entry)

    def contains(self, commit: str, *, in_: str) -> bool:
        """Whether a commit belongs to the history of another one."""
        return self._ask("merge-base", "--is-ancestor", commit, in_).returncode == 0

    def commits(self, since: str, until: str) -> tuple[Commit, ...]:
        """The commits that `until` has and `since` has not, newest first; all for no `since`."""
        form = f"%H{_FIELD}%B{_RECORD}"
        reach = f"{since}..{until}" if since else until
        text = self._run("log", f"--format={form}", "--end-of-options", reach, "--")
        records = (record.strip("\n").split(_FIELD) for record in text.split(_RECORD))
        return tuple(Commit(*record) for record in records if len(record) == 2)

    def files_at(self, revision: str, paths: tuple[str, ...]) -> tuple[str, ...]:
        """The files of a revision at or below these paths, as `text_at` takes them."""
        text = self._run(
            "ls-tree", "-r", "-z", "--name-only", self.commit_of(revision), "--", *paths
        )
        return tuple(name for name in text.split("\0") if name)

    def text_at(self, revision: str, path: str) -> str:
        """A file as it was; `path` is relative to the directory. Raises GitError."""
        return self._run("show", "--end-of-options", f"{revision}:./{path}")

    def _run(self, *arguments: str, expected: str = "") -> str:
        result = self._ask(*arguments)
        if result.returncode:
            words = result.stderr.decode(errors="replace").strip().splitlines()
            found = words[0] if words else f"exit code {result.returncode}"
            raise GitError(
                f"reading git ({' '.join(arguments[:2])})",
                self._directory,
                f"{found}; expected {expected or 'an answer'}",
                "check the directory and the name, or fetch what is missing",
            )
        return result.stdout.decode(errors="replace")

    def _ask(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        try:
            return subprocess.run(  # noqa: S603 - arguments, no shell
                ["git", "-C", self._directory, *arguments],  # noqa: S607 - the user's own git
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except OSError as error:
            raise GitError(
                "reading git", self._directory, f"{error.strerror}: git", "install git"
            ) from error
