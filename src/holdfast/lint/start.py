"""What an image starts with: the words of ENTRYPOINT and CMD, the shells and the scripts in them.

Rules: docs.docker.com/reference/dockerfile, "Understand how CMD and ENTRYPOINT interact". The
entrypoint of a base image is not known; those of Docker's official images hand on to CMD.
"""

import re
import shlex
from collections.abc import Iterator
from functools import cached_property

import msgspec

from holdfast.lint.broken_json import is_broken_json
from holdfast.lint.dockerfiles import StageSubject
from holdfast.lint.image_files import Found, candidates, find_file, paths_of
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.dockerfile import Instruction, Word
from holdfast.model.inits import INITS, signals_group
from holdfast.model.regex import regex
from holdfast.model.shell_call import Shell, last_command
from holdfast.model.shell_script import End, end_of_script, is_shell_script

# Programs that become what follows them, with the number of words of their own.
_BECOME = {"gosu": 1, "su-exec": 1, "setpriv": 0, "nice": 0, "ionice": 0, "chroot": 1, "exec": 0}
_SHELL_NAMES = frozenset({"sh", "ash", "dash", "bash", "zsh", "ksh"})
_ASSIGNMENT = regex(r"[A-Za-z_]\w*=")
# "$@", "${@}", $*: where a script runs its arguments.
_ARGUMENTS = regex(r"\"?\$(?:\{?[@*]\}?)\"?")


class Part(msgspec.Struct, frozen=True):
    """One word that the runtime executes, and where it was written; no word in shell form."""

    text: str
    instruction: Instruction
    word: Word | None


class Body(msgspec.Struct, frozen=True):
    """A text that a shell is given by -c. `word` is its JSON string; None in shell form."""

    shell: Shell
    named: str
    text: str
    instruction: Instruction
    word: Word | None


class Line(msgspec.Struct, frozen=True):
    """A command that PID 1 is or becomes, and the text it was taken from."""

    words: tuple[str, ...]
    text: str
    instruction: Instruction
    script: Found | None = None
    """The script that it stands in; None for the Dockerfile."""

    @property
    def program(self) -> str:
        """The name of its program, without the path."""
        return self.words[0].rpartition("/")[2] if self.words else ""


class Start:
    """The start of an image."""

    def __init__(self, stage: StageSubject, containers: tuple[ContainerSubject, ...] = ()) -> None:
        """Find the instructions that count; `containers` of the run are those of the image."""
        self.stage = stage
        self.containers = containers
        self.entrypoint, self.cmd = _effective(stage)

    @property
    def instruction(self) -> Instruction | None:
        """What names the program: ENTRYPOINT, else CMD."""
        return self.entrypoint or self.cmd

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What the runtime executes, as far as the Dockerfile sets it."""
        found: list[Part] = []
        for one in (self.entrypoint, self.cmd):
            if one is not None and one.is_json:
                found += [Part(word.text, one, word) for word in one.words]
            elif one is not None:
                found += [Part(word, one, None) for word in self.stage.shell_words(one)]
                found.append(Part(one.text, one, None))
        return tuple(found)

    @cached_property
    def init(self) -> str:
        """The init in front of everything; "" where there is none."""
        name = self.parts[0].text.rpartition("/")[2] if self.parts else ""
        return name if name in INITS and _init_length(self.parts) else ""

    @property
    def init_signals_all(self) -> bool:
        """Whether that init hands a signal to all processes and not to its child alone."""
        own = tuple(part.text for part in self.parts[1 : _init_length(self.parts)])
        return bool(self.init) and signals_group(self.init, own)

    @cached_property
    def behind_init(self) -> tuple[Part, ...]:
        """The parts without the init."""
        return self.parts[_init_length(self.parts) :]

    @cached_property
    def body(self) -> Body | None:
        """The body of the shell that is PID 1, at once or after a script, or an init's child."""
        body = _body(self.behind_init, self.stage)
        if body is None and self.script is not None and self.runs_arguments:
            body = _body(self._command_parts, self.stage)
        broken = body is not None and body.word is None and is_broken_json(body.instruction)
        return None if broken else body

    @cached_property
    def script(self) -> Found | None:
        """The text of the shell script that it starts with, where it was found."""
        found = find_file(self.stage, self.program.text) if self.program is not None else None
        return found if found is not None and is_shell_script(found.text) else None

    @cached_property
    def program(self) -> Part | None:
        """The word that names the program, or the script that a shell is given to run."""
        parts = self.behind_init
        at = 0
        if parts and parts[0].text.rpartition("/")[2] in _SHELL_NAMES:
            at = next((i for i in range(1, len(parts)) if not parts[i].text.startswith("-")), 0)
            if not at or any(part.text.endswith("c") for part in parts[1:at]):
                return None
        return parts[at] if parts and parts[at].word is not None else None

    @property
    def wanted_files(self) -> tuple[str, ...]:
        """The paths in the build context at which the text of the program may stand."""
        if self.program is None:
            return ()
        found: dict[str, None] = {}
        for path in paths_of(self.stage, self.program.text):
            found.update((candidate.source, None) for candidate in candidates(self.stage, path))
        return tuple(found)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The commands that PID 1 is or becomes; of a script that runs its arguments, those."""
        return tuple(self._lines())

    def problem(self, message: str, line: Line, *, fix: Fix | None = None) -> Problem:
        """A problem at the instruction of a command, or in the script that runs it."""
        dockerfile = self.stage.dockerfile
        if line.script is None:
            return dockerfile.problem(message, line.instruction, fix=fix)
        last = end_of_script(line.script.text)
        place = line.script.at(self.stage, last.start, last.start + len(last.command))
        return Problem(message, place, dockerfile, fix)

    def _lines(self) -> Iterator[Line]:
        if self.body is not None:
            yield _line(last_command(self.body.text), self.body.instruction)
            return
        words = tuple(part.text for part in self.behind_init)
        if not words or self.instruction is None or is_broken_json(self.instruction):
            return
        script = self.script
        if script is not None:
            end = end_of_script(script.text)
            if end.end is not End.UNKNOWN and not _ARGUMENTS.search(end.command):
                yield _line(end.command, self.instruction, script)
                return
        if self.cmd is not None and self.entrypoint is not None and self.runs_arguments:
            yield from self._command_lines()
            return
        yield Line(become(words), " ".join(words), self.instruction)

    @property
    def _command_parts(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.instruction is self.cmd)

    def _command_lines(self) -> Iterator[Line]:
        """The lines of CMD behind a script that runs them."""
        parts = self._command_parts
        body = _body(parts, self.stage)
        if body is not None:
            yield _line(last_command(body.text), body.instruction)
        elif parts:
            words = tuple(part.text for part in parts)
            yield Line(become(words), " ".join(words), parts[0].instruction)

    @property
    def runs_arguments(self) -> bool:
        """Whether ENTRYPOINT is a script that runs CMD, as far as its text or its name tells."""
        if self.entrypoint is None or not self.entrypoint.is_json:
            return False
        if self.script is not None:
            return bool(_ARGUMENTS.search(end_of_script(self.script.text).command))
        own = [p.text for p in self.behind_init if p.instruction is self.entrypoint]
        return not own or (len(own) == 1 and own[0].endswith((".sh", "entrypoint")))


def become(words: tuple[str, ...]) -> tuple[str, ...]:
    """A command without what only stands before the program: exec, env, gosu, A=b."""
    while words:
        name = words[0].rpartition("/")[2]
        if name in _BECOME:
            rest = words[1:]
            while rest and rest[0].startswith("-"):
                rest = rest[1:]
            words = rest[_BECOME[name] :]
        elif (
            name == "env" and len(words) > 1 and not words[1].startswith("-")
        ) or _ASSIGNMENT.match(words[0]):
            words = words[1:]
        else:
            break
    return words


def _effective(stage: StageSubject) -> tuple[Instruction | None, Instruction | None]:
    """ENTRYPOINT and CMD; an ENTRYPOINT takes away the CMD of the stage that it starts from."""
    entrypoint = cmd = None
    for one in stage.lineage:
        own = {i.keyword: i for i in one.instructions if i.keyword in ("ENTRYPOINT", "CMD")}
        if "ENTRYPOINT" in own:
            entrypoint, cmd = own["ENTRYPOINT"], None
        cmd = own.get("CMD", cmd)
    if entrypoint is not None and entrypoint.is_json and not entrypoint.words:
        entrypoint = None
    return entrypoint, cmd


def _init_length(parts: tuple[Part, ...]) -> int:
    """How many words an init and its options take."""
    texts = [part.text for part in parts]
    if not texts or texts[0].rpartition("/")[2] not in INITS:
        return 0
    if "--" in texts:
        return texts.index("--") + 1
    if texts[0].rpartition("/")[2] == "holdfast":
        return 0
    return next((i for i in range(1, len(texts)) if not texts[i].startswith("-")), len(texts))


def _body(parts: tuple[Part, ...], stage: StageSubject) -> Body | None:
    """The body behind `sh -c` at the start of some parts."""
    named = parts[0].text.rpartition("/")[2] if parts else ""
    if named not in _SHELL_NAMES:
        return None
    flag = next((i for i, p in enumerate(parts) if i and re.fullmatch(r"-[a-z]*c", p.text)), 0)
    at = next((i for i in range(flag + 1, len(parts)) if not parts[i].text.startswith("-")), 0)
    if not flag or not at:
        return None
    part, shell = parts[at], stage.shell(named)
    if shell is Shell.NONE and parts[0].text not in ("sh", "/bin/sh", "/usr/bin/sh"):
        # Somebody has put a shell of their own there, such as /busybox/sh.
        shell = Shell.UNKNOWN
    return Body(shell, named, part.text, part.instruction, part.word)


def _line(command: str, instruction: Instruction, script: Found | None = None) -> Line:
    return Line(become(words_of(command)), command, instruction, script)


def words_of(command: str) -> tuple[str, ...]:
    """The words of a command of a shell, as far as its quotes can be read."""
    try:
        return tuple(shlex.split(command, comments=False))
    except ValueError:
        return tuple(command.split())
