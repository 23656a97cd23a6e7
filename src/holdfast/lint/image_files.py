"""Files of an image whose text is known: from a heredoc, or from the build context.

Rules: a file is looked for through every COPY that may bring it, the last one first. What a RUN or
the base image has written is not known.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from holdfast.lint.dockerfiles import BuildFile, Copy, StageSubject, joined
from holdfast.lint.documents import place_in
from holdfast.model.dockerfile import Heredoc
from holdfast.model.hazard import Place
from holdfast.model.span import Span

# Where a program without a path is looked for in an image that sets no PATH (OCI runtimes).
_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")

_MOST_STAGES = 16


class Found(msgspec.Struct, frozen=True):
    """A text file of the image; `copy` brings it."""

    path: str
    text: str
    copy: Copy
    file: BuildFile | None
    """The file of the build context; None for a heredoc, whose text stands in the Dockerfile."""
    heredoc: Heredoc | None = None

    def at(self, stage: StageSubject, start: int, end: int) -> Place:
        """Where a part of its text stands: in the file, or in the Dockerfile."""
        if self.file is not None:
            line = self.text.count("\n", 0, start) + 1
            column = start - self.text.rfind("\n", 0, start)
            span = Span(start, end, line, column)
            return place_in(self.file.name, self.text, span, self.path)
        dockerfile = stage.dockerfile.parsed
        shift = self.heredoc.body_span.start if self.heredoc is not None else 0
        span = dockerfile.span(start + shift, end + shift)
        return place_in(dockerfile.file, dockerfile.text, span, self.path)


class Candidate(NamedTuple):
    """A copy that may bring a file, and the path that it would then have in the context."""

    copy: Copy
    source: str


def find_file(stage: StageSubject, program: str) -> Found | None:
    """The text of a program by the path, or the name, under which the image starts it."""
    for path in paths_of(stage, program):
        for copy, source in candidates(stage, path):
            for heredoc in copy.instruction.heredocs:
                # With <<- the text is not the one that stands in the file.
                same = heredoc.body_span.end - heredoc.body_span.start == len(heredoc.body)
                if source == heredoc.name and same:
                    return Found(path, heredoc.body, copy, None, heredoc)
            file = stage.dockerfile.files.get(source)
            if file is not None:
                return Found(path, file.text, copy, file)
    return None


def paths_of(stage: StageSubject, program: str) -> tuple[str, ...]:
    """The absolute paths that a first word may mean."""
    if "/" in program:
        path = joined(stage.directory, program)
        return (path,) if path is not None else ()
    return tuple(f"{directory}/{program}" for directory in _PATH)


def candidates(stage: StageSubject, path: str) -> Iterator[Candidate]:
    """The copies that may bring the file at a path, also through other stages."""
    yield from _candidates(stage, path, set(), 0)


def _candidates(
    stage: StageSubject, path: str, seen: set[tuple[int, str]], depth: int
) -> Iterator[Candidate]:
    """No path of a stage twice, and no file through more stages than people write."""
    if depth > _MOST_STAGES or (stage.stage.index, path) in seen:
        return
    seen.add((stage.stage.index, path))
    for copy in reversed(stage.copies):
        for source in _sources(copy, path):
            if copy.origin is None:
                yield Candidate(copy, source.removeprefix("/"))
                continue
            origin = stage.dockerfile.parsed.stage_named(copy.origin, copy.stage.index)
            absolute = joined("/", source)
            if origin is not None and absolute is not None:
                before = StageSubject(stage.dockerfile, origin)
                yield from _candidates(before, absolute, seen, depth + 1)


def _sources(copy: Copy, path: str) -> Iterator[str]:
    """The sources of a copy that may end up at a path."""
    if copy.target is None:
        return
    names = {heredoc.name for heredoc in copy.instruction.heredocs}
    target = copy.target.rstrip("/")
    for written in copy.sources:
        source = _heredoc_name(written, names)
        if path == copy.target and not copy.into_directory:
            yield source if source in names else _clean(source)
        elif path.startswith(f"{target}/"):
            rest = path[len(target) + 1 :]
            if _clean(source).rpartition("/")[2] == rest:
                yield source if source in names else _clean(source)
            elif source not in names:
                yield _clean(f"{source}/{rest}")


def _heredoc_name(written: str, names: set[str]) -> str:
    bare = written.lstrip("<-").strip("'\"")
    return bare if written.startswith("<<") and bare in names else written


def _clean(source: str) -> str:
    absolute = joined("/", source)
    return absolute.removeprefix("/") if absolute is not None else source
