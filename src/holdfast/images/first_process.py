"""The first process of an image: can it start, and does a stop signal reach the program?

Rules: what the files of the image say comes before any name. The verdict on shells is that of
rules.md 9.1; a script that never calls exec stays PID 1 under every shell that was measured there.
"""

import re
import shlex

import msgspec

from holdfast.images.listing import Kind
from holdfast.images.tree import Node, Tree
from holdfast.model.image import Fault, FirstProcess, ImageConfig, SignalPath
from holdfast.model.inits import INITS, signals_group
from holdfast.model.runtime import Runtime, runtime_of_words
from holdfast.model.shell_call import Form, Shell, form_of, last_command, stays
from holdfast.model.shell_script import End, end_of_script, is_shell_script
from holdfast.model.wrappers import instead_of

# What runc searches when the image sets no PATH (containerd, oci/spec_opts.go: defaultUnixEnv).
_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SHELLS = {
    "dash": Shell.DASH,
    "bash": Shell.BASH,
    "busybox": Shell.ASH,
    "ash": Shell.ASH,
    "zsh": Shell.ZSH,
}
_SHELL_NAMES = frozenset({"sh", *_SHELLS})
_MOST_INTERPRETERS = 4


class Found(msgspec.Struct, frozen=True):
    """What a word of a command line leads to."""

    node: Node | None
    fault: Fault | None = None
    words: str = ""


def first_process(config: ImageConfig, tree: Tree) -> FirstProcess:
    """What the kubelet starts where the manifest sets neither command nor args."""
    words = config.words
    if not words:
        what = "the container has nothing to start unless the manifest sets command"
        return FirstProcess((), fault=Fault.NOTHING, fault_words=what)
    if config.os == "windows":
        return FirstProcess(words, why="programs of Windows are not looked into")
    found = look_up(words[0], config, tree)
    path = f"/{found.node.entry.path}" if found.node is not None else ""
    fault, fault_words = found.fault, found.words
    if found.node is not None and fault is None:
        fault, fault_words = _unable(found.node, config, tree)
    shell = shell_of(found.node) if _name(words[0]) in _SHELL_NAMES else None
    script = _script(found.node)
    signal, why = _signal_path(words, config, tree)
    return FirstProcess(
        words=words,
        path=path,
        what=_what(found.node),
        shell_form=_is_shell_form(config.entrypoint or config.command, config.shell),
        shell=shell,
        script=script,
        command_is_dropped=bool(config.command) and _is_shell_form(config.entrypoint, config.shell),
        signal=signal,
        why=why,
        fault=fault,
        fault_words=fault_words,
    )


def look_up(word: str, config: ImageConfig, tree: Tree) -> Found:
    """What the runtime executes for a first word: a path, or a name on PATH."""
    if "/" in word:
        base = "" if word.startswith("/") else f"{config.working_directory}/"
        node = tree.find(f"{base}{word}")
        missing = f"{word} is not in the image"
        return Found(node) if node is not None else Found(None, Fault.MISSING, missing)
    path = config.environment.get("PATH", _DEFAULT_PATH)
    for directory in path.split(":"):
        node = tree.find(f"{directory}/{word}")
        if node is not None and node.entry.kind is Kind.FILE and node.entry.executable:
            return Found(node)
    missing = f"{word} is in no directory of PATH ({path})"
    return Found(None, Fault.MISSING, missing)


def shell_of(node: Node | None) -> Shell:
    """The family of a shell, by the name of the file that it is in the end."""
    if node is None:
        return Shell.NONE
    return _SHELLS.get(_name(node.entry.path), Shell.UNKNOWN)


def program_of(words: tuple[str, ...], config: ImageConfig, tree: Tree) -> Node | None:
    """The program behind inits, shells and scripts, as far as words tell it."""
    rest = list(words)
    for _ in range(_MOST_INTERPRETERS):
        name = _name(rest[0]) if rest else ""
        if name in _SHELL_NAMES and (body := _body(tuple(rest))) is not None:
            rest = _split(last_command(body).removeprefix("exec "))
        elif name in INITS | {"env", "exec"}:
            rest = _behind(rest)
        else:
            node = look_up(rest[0], config, tree).node if rest else None
            script = _script(node)
            if script is None or not is_shell_script(script):
                return node
            rest = _behind_script(script, rest)
    return None


def _behind_script(script: str, words: list[str]) -> list[str]:
    """What a shell script starts in the end: its own arguments, or what it names."""
    last = _split(end_of_script(script).command.removeprefix("exec "))
    return words[1:] if any(word in ("$@", "${@}", "$*") for word in last) else last


def _unable(node: Node, config: ImageConfig, tree: Tree) -> tuple[Fault | None, str]:
    """Why the kernel refuses to execute a file."""
    entry, path = node.entry, f"/{node.entry.path}"
    if entry.kind is Kind.DIRECTORY:
        return Fault.DIRECTORY, f"{path} is a directory"
    if entry.kind is not Kind.FILE:
        return None, ""
    if not entry.executable:
        return Fault.NOT_EXECUTABLE, f"{path} has mode {entry.mode & 0o7777:04o}: permission denied"
    if entry.elf is not None:
        machine = entry.elf.machine
        if machine and config.architecture and machine != config.architecture:
            told = f"{path} is built for {machine}, and the image is for {config.architecture}"
            return Fault.WRONG_MACHINE, f"{told}: exec format error"
        loader = entry.elf.loader
        if loader and tree.find(loader) is None:
            told = f"{path} needs {loader}, which the image does not have"
            return Fault.NO_LOADER, f"{told}: no such file or directory"
        return None, ""
    return _bad_script(entry.text, path, tree)


def _bad_script(text: str | None, path: str, tree: Tree) -> tuple[Fault | None, str]:
    line = _shebang(text)
    if not line:
        return None, ""
    interpreter = line.split()[0]
    if interpreter.endswith("\r") or (text or "").split("\n", 1)[0].endswith("\r"):
        told = (
            f"the first line of {path} ends in CR LF, which the kernel takes for a part of the name"
        )
        return Fault.CRLF, f"{told}: no such file or directory"
    if tree.find(interpreter) is None:
        told = f"{path} is a script of {interpreter}, which the image does not have"
        return Fault.NO_INTERPRETER, f"{told}: no such file or directory"
    return None, ""


def _signal_path(words: tuple[str, ...], config: ImageConfig, tree: Tree) -> tuple[SignalPath, str]:
    name, node = _name(words[0]), look_up(words[0], config, tree).node
    if name in INITS:
        return _init_path(name, words, config, tree)
    if instead_of(name, words):
        return SignalPath.WRAPPER, f"{name} is PID 1 and starts the program behind it"
    body = _body(words) if name in _SHELL_NAMES else None
    if body is not None:
        return _shell_path(name, shell_of(node), form_of(body))
    script = _script(node)
    if script is not None and is_shell_script(script):
        return _script_path(script, f"/{node.entry.path}" if node is not None else name)
    if node is not None:
        return SignalPath.REACHES, f"{name} is PID 1"
    return SignalPath.UNKNOWN, f"{name} could not be looked at"


def _init_path(
    name: str, words: tuple[str, ...], config: ImageConfig, tree: Tree
) -> tuple[SignalPath, str]:
    """An init forwards to its child; a shell that stays there ends, and the program hears nothing.

    What was PID 1 behind an init is not: it dies of SIGTERM, the init ends with it, and the kernel
    kills what is left with SIGKILL (pid_namespaces(7)).
    """
    rest = tuple(_behind(list(words)))
    if signals_group(name, words[1 : len(words) - len(rest)]):
        return SignalPath.INIT, f"{name} is PID 1 and forwards signals to its whole group"
    inner = _signal_path(rest, config, tree)[0] if rest else SignalPath.INIT
    if inner in (SignalPath.SHELL_STAYS, SignalPath.SCRIPT_STAYS, SignalPath.WRAPPER):
        told = f"{name} forwards it to {_name(rest[0])}, which ends without handing it on"
        return inner, told
    return SignalPath.INIT, f"{name} is PID 1, forwards signals and reaps children"


def _shell_path(name: str, shell: Shell, form: Form) -> tuple[SignalPath, str]:
    told = f"{name} is {shell}" if shell is not Shell.UNKNOWN else f"{name} is a shell not known"
    if form is Form.TRAP:
        return SignalPath.HANDLED, f"{told} and sets a trap"
    if form is Form.EXEC:
        return SignalPath.REACHES, f"{told} and replaces itself by exec"
    if shell is Shell.UNKNOWN:
        return SignalPath.UNKNOWN, f"{told}, and its command has no exec ({form})"
    if stays(shell, form):
        return SignalPath.SHELL_STAYS, f"{told} and stays PID 1 ({form}): it ignores SIGTERM"
    return SignalPath.REACHES, f"{told}, which replaces itself here ({form})"


def _script_path(script: str, path: str) -> tuple[SignalPath, str]:
    end = end_of_script(script).end
    paths = {
        End.PROGRAM: (SignalPath.REACHES, "ends in exec"),
        End.HANDLED: (SignalPath.HANDLED, "sets a trap"),
        End.UNKNOWN: (SignalPath.UNKNOWN, "does not tell how it ends"),
    }
    stays = (SignalPath.SCRIPT_STAYS, "starts the program without exec and stays PID 1")
    signal, words = paths.get(end, stays)
    return signal, f"{path} {words}"


def _what(node: Node | None) -> str:
    if node is None:
        return ""
    if node.entry.elf is not None:
        linked = f"linked by {node.entry.elf.loader}" if node.entry.elf.loader else "static"
        return f"a program for {node.entry.elf.machine or 'an unknown machine'}, {linked}"
    line = _shebang(node.entry.text)
    if line:
        return f"a script of {line.strip()}"
    return "a file" if node.entry.kind is Kind.FILE else f"a {node.entry.kind.value}"


def _is_shell_form(words: tuple[str, ...], shell: tuple[str, ...]) -> bool:
    """Whether a builder wrote a text as SHELL plus one word (Dockerfile reference, SHELL)."""
    form = shell or ("/bin/sh", "-c")
    return len(words) == len(form) + 1 and words[: len(form)] == form


def _behind(words: list[str]) -> list[str]:
    """The command line behind a program that starts another: after --, or after its options."""
    rest = words[1:]
    if "--" in rest:
        return rest[rest.index("--") + 1 :]
    while rest and (rest[0].startswith("-") or "=" in rest[0]):
        rest = rest[1:]
    return rest


def _body(words: tuple[str, ...]) -> str | None:
    """The text behind -c."""
    for index, word in enumerate(words[1:], 1):
        if re.fullmatch(r"-[a-z]*c", word):
            rest = [w for w in words[index + 1 :] if not w.startswith("-")]
            return rest[0] if rest else None
        if not word.startswith("-"):
            return None
    return None


def _script(node: Node | None) -> str | None:
    return node.entry.text if node is not None and _shebang(node.entry.text) else None


def _shebang(text: str | None) -> str:
    """The first line of a script without its mark; "" for anything else."""
    if text is None or not text.startswith("#!"):
        return ""
    return text[2:].split("\n", 1)[0].strip(" \t")


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _name(path: str) -> str:
    return path.strip().rpartition("/")[2]


def runtime_of_first(process: FirstProcess) -> Runtime:
    """The runtime that the command line, or the script's first line, names."""
    named = runtime_of_words(" ".join(process.words).split())
    if named is not Runtime.UNKNOWN:
        return named
    line = _shebang(process.script)
    return runtime_of_words(line.replace("/usr/bin/env ", "").split()) if line else named
