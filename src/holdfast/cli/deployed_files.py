"""What `--against` names: the manifests as they are deployed, or as they were in git.

Rules: what cannot be read is an error, since a comparison with nothing would find nothing.
"""

import os
from collections.abc import Iterator

from holdfast.cli.manifest_files import (
    STDIN,
    SUFFIXES,
    InputError,
    TextFile,
    read_files,
)

_GIT = "git:"


def read_deployed(against: str, named: tuple[str, ...]) -> tuple[TextFile, ...]:
    """The files. "git:main" means the same paths (`named`) at that revision.

    Raises InputError, GitError.
    """
    if against.startswith(_GIT):
        files = tuple(_at_revision(against.removeprefix(_GIT), named))
    elif against == STDIN and STDIN in named:
        raise _nothing(against, "standard input twice")
    else:
        files = tuple(file for file in read_files([against]) if isinstance(file, TextFile))
    if not files:
        raise _nothing(against, "no file")
    return files


def _at_revision(revision: str, named: tuple[str, ...]) -> Iterator[TextFile]:
    from holdfast.sources.git_repository import GitRepository

    paths = tuple(os.path.relpath(name) for name in named if name != STDIN)
    if not paths:
        return
    repository = GitRepository()
    for path in repository.files_at(revision, paths):
        if path in paths or path.endswith(SUFFIXES):
            yield TextFile(f"{revision}:{path}", repository.text_at(revision, path))


def _nothing(against: str, found: str) -> InputError:
    return InputError(
        "reading what is deployed",
        f"--against {against}",
        f"{found}; expected manifests",
        "name a file, a directory, or git:REVISION where the same paths were committed",
    )
