"""Dockerfiles as rules see them: stages with what they set, and a place for each part.

Rules: the image is that of the last stage, with all that the stages before it hand on. What a build
argument or an unknown base image decides is None, never a guess.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

from holdfast.lint.documents import place_in
from holdfast.lint.problem import Fix, Problem
from holdfast.model.dockerfile import Dockerfile, Flag, Instruction, Stage, Word
from holdfast.model.expand_variables import expand, pairs_of
from holdfast.model.hazard import Place
from holdfast.model.rule import Confidence
from holdfast.model.shell_call import Shell, shell_named, shell_of_image
from holdfast.model.span import Span

_SCRATCH = "scratch"
# kubernetes pkg/kubelet/kuberuntime/security_context_windows.go; ContainerUser is the other one.
_WINDOWS_USERS = frozenset({"containeruser", "containeradministrator"})
# Where a file has to be copied to for /bin/sh to come with it.
_HOLD_A_SHELL = frozenset({"/", "/bin", "/bin/sh", "/usr", "/usr/bin"})


class BuildFile(msgspec.Struct, frozen=True):
    """A file of the build context: a script that the image starts with."""

    name: str
    text: str
    executable: bool


class Setting(msgspec.Struct, frozen=True):
    """A variable of the image; its value is None where the build or the base image decides it."""

    name: str
    value: str | None
    instruction: Instruction
    word: Word


class Copy(msgspec.Struct, frozen=True):
    """One COPY or ADD. `target` is absolute, and None where a variable decides it."""

    instruction: Instruction
    sources: tuple[str, ...]
    target: str | None
    origin: str | None
    """The stage or image of --from; None for the build context."""
    stage: Stage

    @property
    def into_directory(self) -> bool:
        """Whether the target is certainly a directory."""
        last = self.instruction.words[-1].text if self.instruction.words else ""
        return len(self.sources) > 1 or last.endswith(("/", "/."))


class DockerfileSubject:
    """One Dockerfile, and the scripts of its context that were found on disk."""

    def __init__(
        self,
        parsed: Dockerfile,
        files: Mapping[str, BuildFile] | None = None,
        images: frozenset[str] = frozenset(),
        directory: str = "",
        target: str = "",
    ) -> None:
        """`files` are known by their paths in the build context, without a leading slash.

        `images` are the repositories that it is said to build; `directory` is the name of the one
        that it stands in, where no other Dockerfile of the run has a directory of that name.
        `target` is the stage that is built, where it is not the last one.
        """
        self.parsed = parsed
        self.files = files or {}
        self.images = images
        self.directory = directory
        self._target = target

    @cached_property
    def stages(self) -> tuple["StageSubject", ...]:
        """All stages in their order."""
        return tuple(StageSubject(self, stage) for stage in self.parsed.stages)

    @property
    def final(self) -> "StageSubject | None":
        """The stage whose image the file builds; None for a file without stages."""
        named = self.parsed.stage_named(self._target, len(self.parsed.stages))
        index = named.index if named is not None and self._target else -1
        return self.stages[index] if self.parsed.stages else None

    def at(self, instruction: Instruction, part: Word | Flag | Span | None = None) -> Place:
        """Where an instruction stands, or a part of it."""
        if part is None:
            start, end = instruction.span.start, instruction.text_span.end
            span = Span(start, end, instruction.span.line, instruction.span.column)
        else:
            span = part if isinstance(part, Span) else part.span
        return place_in(self.parsed.file, self.parsed.text, span, self._path_of(instruction))

    def problem(
        self,
        message: str,
        instruction: Instruction,
        part: Word | Flag | Span | None = None,
        *,
        fix: Fix | None = None,
        less_sure: Confidence | None = None,
    ) -> Problem:
        """A problem at an instruction, or at a part of it."""
        return Problem(message, self.at(instruction, part), self, fix, less_sure=less_sure)

    def __str__(self) -> str:
        """The name of its file."""
        return self.parsed.file

    def _path_of(self, wanted: Instruction) -> str:
        """ "build.COPY[1]": the stage and the keyword, which stay when lines move."""
        for stage in self.parsed.stages:
            name = stage.name or str(stage.index)
            if stage.opening is wanted:
                return f"{name}.FROM"
            same = [one for one in stage.instructions if one.keyword == wanted.keyword]
            for number, one in enumerate(same):
                if one is wanted:
                    return f"{name}.{wanted.keyword}" + (f"[{number}]" if number else "")
        return wanted.keyword


class StageSubject:
    """One stage, with all that the stages it starts from hand on."""

    def __init__(self, dockerfile: DockerfileSubject, stage: Stage) -> None:
        """Nothing is worked out before it is asked for."""
        self.dockerfile = dockerfile
        self.stage = stage
        self.lineage = dockerfile.parsed.lineage(stage)

    @property
    def opening(self) -> Instruction:
        """The FROM that names the base image: that of the first stage of the lineage."""
        return self.lineage[0].opening

    @property
    def base(self) -> str | None:
        """The image at the bottom; None where a build argument decides it."""
        return self.lineage[0].base

    @property
    def from_scratch(self) -> bool:
        """Whether nothing but what is copied is in the image."""
        return (self.base or "").lower() == _SCRATCH

    @property
    def for_windows(self) -> bool:
        """Whether the image is one for Windows, whose shells and users are others."""
        platform = self.opening.flag("platform") or ""
        escaped = self.dockerfile.parsed.escape == "`"
        user = self.last("USER")
        if user is not None and user.text.lower() in _WINDOWS_USERS:
            return True
        return escaped or platform.startswith("windows") or "windows/" in (self.base or "")

    @cached_property
    def instructions(self) -> tuple[Instruction, ...]:
        """Those of the whole lineage, in the order in which they take effect."""
        return tuple(one for stage in self.lineage for one in stage.instructions)

    def all_of(self, *keywords: str) -> Iterator[Instruction]:
        """The instructions with one of these keywords."""
        return (one for one in self.instructions if one.keyword in keywords)

    def last(self, keyword: str) -> Instruction | None:
        """The instruction of a keyword that counts: the last one."""
        found = list(self.all_of(keyword))
        return found[-1] if found else None

    @cached_property
    def settings(self) -> dict[str, Setting]:
        """The variables that ENV sets, as the image has them."""
        return self._walked.settings

    @property
    def copies(self) -> tuple[Copy, ...]:
        """Every COPY and ADD of the lineage."""
        return tuple(self._walked.copies)

    @property
    def directory(self) -> str | None:
        """Where the program starts; "/" where no WORKDIR is set, None where it is not known."""
        return self._walked.directory

    def value_of(self, text: str) -> str | None:
        """A word with its variables expanded; None where one is not known."""
        return expand(text, self._walked.known, self.dockerfile.parsed.escape)

    def shell_words(self, before: Instruction) -> tuple[str, ...]:
        """What the shell form of an instruction is given to."""
        words: tuple[str, ...] = ("/bin/sh", "-c")
        for one in self.instructions:
            if one is before:
                break
            if one.keyword == "SHELL" and one.words:
                words = tuple(word.text for word in one.words)
        return words

    def shell(self, named: str) -> Shell:
        """The family of the shell that a program's name means in this image."""
        known = shell_named(named)
        return known if known is not None else self._sh

    @cached_property
    def _sh(self) -> Shell:
        if self.base is None or self.for_windows or self._replaces_sh():
            return Shell.UNKNOWN
        shell = Shell.NONE if self.from_scratch else shell_of_image(self.base)
        if shell is Shell.NONE and any(copy.target in _HOLD_A_SHELL for copy in self.copies):
            return Shell.UNKNOWN
        return shell

    def _replaces_sh(self) -> bool:
        """Whether some RUN puts another shell in the place of /bin/sh."""
        runs = (one.text for one in self.all_of("RUN"))
        return any("/bin/sh" in text and ("ln " in text or "dash" in text) for text in runs)

    @cached_property
    def _walked(self) -> "_Walk":
        walk = _Walk(self.dockerfile.parsed)
        for stage in self.lineage:
            for instruction in stage.instructions:
                walk.take(instruction, stage)
        return walk


class _Walk:
    """What instructions set, taken in their order."""

    def __init__(self, parsed: Dockerfile) -> None:
        self._escape = parsed.escape
        self._preset: dict[str, str | None] = {}
        for instruction in parsed.preamble:
            for pair in pairs_of(instruction, self._escape):
                value = pair.value
                self._preset[pair.name] = expand(value, self._preset) if value else value
        self.known: dict[str, str | None] = {}
        self.settings: dict[str, Setting] = {}
        self.copies: list[Copy] = []
        self.directory: str | None = "/"

    def take(self, one: Instruction, stage: Stage) -> None:
        """Let one instruction take effect."""
        if one.keyword == "ENV":
            # The builder expands all pairs of a line with what was set before the line.
            before = dict(self.known)
            for pair in pairs_of(one, self._escape):
                value = expand(pair.value or "", before, self._escape)
                self.known[pair.name] = value
                self.settings[pair.name] = Setting(pair.name, value, one, pair.word)
        elif one.keyword == "ARG":
            for pair in pairs_of(one, self._escape):
                if pair.name not in self.settings:
                    self.known[pair.name] = self._argument(pair.name, pair.value)
        elif one.keyword == "WORKDIR":
            self.directory = joined(self.directory, expand(one.text, self.known, self._escape))
        elif one.keyword in ("COPY", "ADD") and one.words:
            words = [expand(word.text, self.known, self._escape) for word in one.words]
            sources = tuple(word for word in words[:-1] if word is not None)
            target = joined(self.directory, words[-1])
            self.copies.append(Copy(one, sources, target, one.flag("from"), stage))

    def _argument(self, name: str, value: str | None) -> str | None:
        if value is None:
            return self._preset.get(name)
        return expand(value, self.known, self._escape)


def joined(directory: str | None, path: str | None) -> str | None:
    """An absolute path without "." and ".."; None where one of both is not known."""
    if path is None or (directory is None and not path.startswith("/")):
        return None
    whole = path if path.startswith("/") else f"{directory}/{path}"
    steps: list[str] = []
    for step in whole.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return "/" + "/".join(steps)
