"""Whether a shell gets out of the way of the program that it starts.

Rules: the verdict depends on the shell, which depends on the base image, and on the form of what
it is told (rules.md 9.1, measured). A shell that stays is PID 1, and a PID 1 without a handler
ignores SIGTERM: the program behind it never hears of the stop. Unknown is an answer.
"""

import re
from enum import StrEnum

import msgspec

from holdfast.model.image_reference import parse_reference
from holdfast.model.regex import regex


class Shell(StrEnum):
    """The families of /bin/sh."""

    DASH = "dash"
    BASH = "bash"
    ASH = "busybox ash"
    ZSH = "zsh"
    NONE = "none"
    UNKNOWN = "unknown"


class Form(StrEnum):
    """How a body ends, as far as it decides whether the shell replaces itself."""

    EXEC = "exec"
    """The last command is behind exec: every shell is replaced."""
    TRAP = "trap"
    """It handles signals itself."""
    LAST = "last command"
    """The program is the last command, alone or behind others."""
    REDIRECT = "redirection"
    COMPOUND = "compound command"
    PIPE = "pipe"
    BACKGROUND = "background"


# rules.md 9.1: the forms in which each shell stays.
_STAYS = {
    Shell.DASH: frozenset({Form.LAST, Form.REDIRECT, Form.COMPOUND, Form.PIPE}),
    Shell.BASH: frozenset({Form.REDIRECT, Form.COMPOUND, Form.PIPE}),
    Shell.ASH: frozenset({Form.PIPE}),
    Shell.ZSH: frozenset({Form.PIPE}),
}
# rules.md 9.3, and the base images of Docker's official images by their tag.
_BY_TAG = (
    (Shell.ASH, regex(r"(?:^|[-.])alpine")),
    (Shell.NONE, regex(r"distroless|static|scratch|chiseled")),
    (
        Shell.DASH,
        regex(r"(?:^|[-.])(?:slim|bookworm|bullseye|buster|trixie|jammy|noble|focal)"),
    ),
    (
        Shell.BASH,
        regex(r"(?:^|[-.])(?:ubi\d*|el\d+|oraclelinux\d*|amazonlinux|(?:amazon)?corretto)"),
    ),
)
_BY_NAME = {
    **dict.fromkeys(("alpine", "busybox"), Shell.ASH),
    **dict.fromkeys(("debian", "ubuntu"), Shell.DASH),
    **dict.fromkeys(
        ("fedora", "centos", "rockylinux", "almalinux", "amazonlinux", "ubi8", "ubi9", "ubi"),
        Shell.BASH,
    ),
    # Docker's official images stand on Debian unless their tag says otherwise.
    **dict.fromkeys(
        ("python", "node", "golang", "ruby", "php", "perl", "rust", "nginx", "httpd", "postgres",
         "mysql", "redis", "rabbitmq", "mariadb", "mongo", "haproxy", "memcached", "tomcat",
         "wordpress", "maven", "gradle", "buildpack-deps", "pypy", "elixir", "erlang",
         "eclipse-temurin"),
        Shell.DASH,
    ),
}  # fmt: skip
# Docker Hub's own images, and Amazon's mirror of them.
_OFFICIAL = ("docker.io/library/", "library/", "public.ecr.aws/docker/library/")
_SHELLS = {"sh": None, "ash": Shell.ASH, "dash": Shell.DASH, "bash": Shell.BASH, "zsh": Shell.ZSH}
_COMPOUND = regex(r"^\s*(?:if|for|while|until|case|\{|\()\s")
_REDIRECTION = regex(r"(?:^|\s)\d?(?:>>?|<)(?:&?\S|\s*\S)")

# What ends a command, and what hides such an end: quotes, open ones as well, and a backslash.
_ENDS = regex(r"'[^']*'?|\"[^\"]*\"?|\\.|(?P<end>;|\n|&&)", re.DOTALL)
_FLAG = regex(r"-[a-z]*c")
_TRAP = regex(r"(?:^|[;&|\n]\s*)trap\s")
_EXEC = regex(r"(?:^|[\s;])exec\s")
_QUOTED = regex(r"'[^']*'|\"[^\"]*\"")
_QUOTED_OR_COPIED = regex(r"'[^']*'|\"[^\"]*\"|\d*[<>]&[\d-]")
_LOOKS_DEEPER = regex(r"<<|`|\(\)|(?<!&)&(?!&|>)|\|")
# Words after which `exec` means something else or cannot stand.
_RESERVED_ANYWHERE = frozenset({"while", "until", "for", "if", "case", "trap", "wait"})
_RESERVED = _RESERVED_ANYWHERE | {
    "exec", "then", "else", "fi", "do", "done", "esac", "function", "{", "}", "(", "!", "[", "[[",
    "cd", "export", "set", "exit", "return", "sleep", "true", ":", "source", ".", "eval",
}  # fmt: skip


class ShellCall(msgspec.Struct, frozen=True):
    """A command line that starts a shell with a body. `at` is the body's index in its words."""

    shell: Shell
    body: str
    at: int
    named: str


def who_is(named: str, shell: Shell) -> str:
    """A shell as the beginning of a sentence: "bash", or "sh here is dash, which"."""
    return named if named == shell else f"{named} here is {shell}, which"


def shell_call(words: tuple[str, ...], image: str) -> ShellCall | None:
    """The shell and its body of `sh -c BODY`; None for anything else."""
    if len(words) < 3:
        return None
    named = words[0].rpartition("/")[2]
    if named not in _SHELLS:
        return None
    flag = next((i for i, word in enumerate(words[1:], 1) if _FLAG.fullmatch(word)), 0)
    # sh(1): further options may stand between -c and the body.
    at = next((i for i in range(flag + 1, len(words)) if not words[i].startswith("-")), 0)
    if not flag or not at:
        return None
    return ShellCall(_SHELLS[named] or shell_of_image(image), words[at], at, named)


def shell_named(name: str) -> Shell | None:
    """The family that the name of a program tells; None for sh, which is another in each image."""
    return _SHELLS.get(name, Shell.UNKNOWN)


def shell_of_image(image: str) -> Shell:
    """The family of /bin/sh that a reference tells by its tag or its name."""
    tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
    if "chainguard" in image or "distroless" in image:
        # Variants for debugging and building, and wolfi-base, have a shell of their own.
        has_one = re.search(r"wolfi-base|:.*(?:debug|-dev)", image)
        return Shell.UNKNOWN if has_one else Shell.NONE
    for shell, pattern in _BY_TAG:
        if pattern.search(tag):
            return shell
    # A name below a registry of one's own tells nothing of its base.
    official = image.count("/") == 0 or image.startswith(_OFFICIAL)
    known = _BY_NAME.get(parse_reference(image).name, Shell.UNKNOWN)
    return known if official or known in (Shell.ASH, Shell.BASH) else Shell.UNKNOWN


def form_of(body: str) -> Form:
    """What decides whether the shell stays."""
    text = body.strip().rstrip(";").strip()
    if _TRAP.search(text):
        return Form.TRAP
    if text.endswith("&") and not text.endswith("&&"):
        return Form.BACKGROUND
    if _COMPOUND.match(text):
        return Form.EXEC if _EXEC.search(text) else Form.COMPOUND
    last = last_command(text)
    if last.startswith("exec "):
        return Form.EXEC
    unquoted = _QUOTED.sub("", last)
    if "|" in unquoted:
        return Form.PIPE
    return Form.REDIRECT if _REDIRECTION.search(unquoted) else Form.LAST


def stays(shell: Shell, form: Form) -> bool:
    """Whether that shell stays between the kubelet and the program."""
    return form in _STAYS.get(shell, frozenset())


def stays_everywhere(form: Form) -> bool:
    """Whether every shell that was measured stays."""
    return all(form in forms for forms in _STAYS.values())


def last_command(body: str) -> str:
    """The last simple command of a body, behind `;`, `&&` and line ends outside of quotes."""
    return body[last_start(body) :].strip()


def with_exec(body: str) -> str | None:
    """The body with `exec` before its last command; None where it is not that plain."""
    at = exec_place(body)
    return f"{body[:at]}exec {body[at:]}" if at is not None else None


def exec_place(body: str) -> int | None:
    """Where `exec` would stand before the last command; None where it is not that plain.

    A wrong exec would change what the body does, so loops, pipes, jobs and builtins stay.
    """
    plain = _QUOTED_OR_COPIED.sub("", body)
    start = last_start(body)
    start += len(body[start:]) - len(body[start:].lstrip())
    first = body[start:].partition(" ")[0].strip()
    if not first or first in _RESERVED or "=" in first:
        return None
    if _LOOKS_DEEPER.search(plain) or _RESERVED_ANYWHERE & set(plain.split()):
        return None
    return start


def last_start(body: str) -> int:
    """Where the last simple command of a body starts, white space before it included."""
    end = len(body.rstrip().rstrip(";").rstrip())
    ends = [found.end() for found in _ENDS.finditer(body, 0, end) if found["end"]]
    return ends[-1] if ends else 0
