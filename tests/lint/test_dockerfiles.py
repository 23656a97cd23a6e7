"""What rules see of a Dockerfile: shells, commands, files of the image, and edits that stay put."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.cli.builds import LAST_STAGES, Build, Builds
from holdfast.cli.inspect_files import Wanted, inspect
from holdfast.cli.manifest_files import TextFile
from holdfast.fixes.confined import is_confined
from holdfast.fixes.edits import apply_edits
from holdfast.lint.dockerfiles import BuildFile, DockerfileSubject, joined
from holdfast.lint.image_files import find_file
from holdfast.lint.start import Start
from holdfast.lint.start_fix import json_form
from holdfast.model.edit import Edit
from holdfast.model.hazard import UnexaminedReason
from holdfast.model.rule import Audience, Confidence
from holdfast.model.shell_call import Shell
from holdfast.model.shell_script import End, end_of_script, is_shell_script
from holdfast.sources.dockerfile.read_dockerfile import read_dockerfile

PIECES = [
    "FROM scratch\n", "FROM debian AS a\n", "FROM a\n", "FROM ${X}\n", "ARG X\n", "ENV A=$A B=\n",
    "WORKDIR ..\n", "COPY --from=a . /\n", "COPY x\n", "COPY <<E /e.sh\n#!/bin/sh\n$@\nE\n",
    'ENTRYPOINT ["/e.sh"]\n', "ENTRYPOINT []\n", "ENTRYPOINT\n", "ENTRYPOINT ['a',]\n", "CMD\n",
    'CMD [""]\n', 'CMD ["sh", "-c"]\n', 'CMD ["sh", "-c", ""]\n', 'CMD ["tini"]\n', "CMD 'a\n",
    'CMD ["tini", "--"]\n', "CMD exec\n", "CMD a | b\n", "CMD ;\n", 'CMD ["env", "-i", "$A"]\n',
    'SHELL ["bash"]\n', "SHELL x\n", "USER\n", "USER :1\n", "EXPOSE $P x/y 1-\n", "STOPSIGNAL\n",
    "HEALTHCHECK CMD\n", "HEALTHCHECK --interval=x --retries=-1 CMD curl http://localhost\n",
    "ONBUILD CMD a\n", "RUN adduser\n", "FROM\n", "FROM a AS\n", "FOO\n", "\\\n", "`\n", "# c\n",
    "# escape=`\n", "\r\n", "RUN <<\n", "STOPSIGNAL 99\n", "LABEL a\n", "VOLUME [1]\n",
]  # fmt: skip


def subject(text: str, **files: str) -> DockerfileSubject:
    """A Dockerfile with files of its context; "_" stands for the dot of their names."""
    found = {
        name.replace("_", "."): BuildFile(name.replace("_", "."), body, executable=True)
        for name, body in files.items()
    }
    return DockerfileSubject(read_dockerfile(text, "Dockerfile"), found)


def start_of(text: str, **files: str) -> Start:
    """What a Dockerfile starts; one without FROM gets Debian."""
    final = subject(text if "FROM" in text else f"FROM debian:12.7\n{text}", **files).final
    assert final is not None
    return Start(final)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@settings(max_examples=80, deadline=None)
def test_odd_dockerfiles_crash_no_rule(text: str) -> None:
    """Whatever stands there is checked, or told as what the builder refuses."""
    inspection = inspect(
        [TextFile("Dockerfile", text)], Wanted(audiences=frozenset(Audience), replays=False)
    )

    assert [u for u in inspection.unexamined if u.reason is UnexaminedReason.RULE_CRASHED] == []


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\n" + "ONBUILD " * 5000 + "RUN x\n",
        "FROM a\nCMD " + "[" * 100_000 + "\n",
        "FROM a\nCMD " + '["x", ' * 5000 + "\n",
        "FROM a\nENV A=" + "${A:-" * 5000 + "\n",
        "FROM a AS s\n"
        + "FROM s AS s\nCOPY --from=s /x /x\nCOPY --from=s / /\n" * 150
        + 'CMD ["/x"]\n',
        "FROM a\nRUN x" + " \\\n" * 50_000 + " y\n",
        "FROM a\nRUN " + "<<A " * 2000 + "\n" + "A\n" * 2000,
        "FROM a\nCMD " + "'" * 50_001 + " \\\n" + " " * 50_000 + "x\n",
    ],
    ids=["onbuild", "brackets", "array", "defaults", "stages", "lines", "heredocs", "quotes"],
)
def test_hostile_dockerfiles_end(text: str) -> None:
    """Depth and length cost neither the run nor the other files."""
    files = [TextFile("Dockerfile", text), TextFile("b/Dockerfile", BUILD)]
    inspection = inspect(files, Wanted(audiences=frozenset(Audience), replays=False))

    assert inspection.examined.dockerfiles == 2
    assert [u for u in inspection.unexamined if u.reason is UnexaminedReason.RULE_CRASHED] == []


POD = """\
apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  containers:
    - name: shop
      image: registry.example.com/team/shop:1.4.2
      ports: [{containerPort: 8080}]
"""
BUILD = """\
FROM debian:12.7-slim
ENTRYPOINT ["tini", "--", "server", "--port", "9000"]
"""


def beside(manifest: str, *names: str, builds: Builds | None = None) -> list[str]:
    """What rules about both find in a manifest beside Dockerfiles: rule and message."""
    files = [TextFile("pod.yaml", manifest), *(TextFile(name, BUILD) for name in names)]
    wanted = Wanted(only=frozenset({"HF721", "HF817"}), builds=builds or LAST_STAGES)
    return [f"{h.rule.id} {h.name} {h.message}" for h in inspect(files, wanted).hazards]


def test_manifest_is_compared_with_the_image_that_it_runs() -> None:
    """By the name of its directory, or by what --dockerfile says; two of a name tell nothing."""
    (port,) = beside(POD, "shop/Dockerfile")
    assert port.startswith("HF817 shop the command's `--port 9000` in shop/Dockerfile is port 9000")
    assert beside(POD, "build/Dockerfile") == []
    assert beside(POD, "a/shop/Dockerfile", "b/shop/Dockerfile") == []
    named = Builds([Build("a/Dockerfile", "registry.example.com/team/shop")])
    assert len(beside(POD, "a/Dockerfile", "b/Dockerfile", builds=named)) == 1
    assert beside(POD.replace("8080", "9000"), "shop/Dockerfile") == []


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("/start.sh", "exec /start.sh"),
        ("/server", '["/server"]'),
        ("/known.sh", '["/known.sh"]'),
        ("/bare.sh", "exec /bare.sh"),
    ],
)
def test_script_that_may_have_no_first_line_keeps_its_shell(command: str, expected: str) -> None:
    """Without #! the kernel runs no script; exec of a shell does."""
    text = (
        "FROM debian:12.7-slim\nCOPY <<A /known.sh\n#!/bin/sh\nserver\nA\n"
        f"COPY <<A /bare.sh\nexec server\nA\nCMD {command}\n"
    )
    wanted = Wanted(only=frozenset({"HF801"}))
    (hazard,) = inspect([TextFile("Dockerfile", text)], wanted).hazards

    assert hazard.mending is not None
    assert apply_edits(text, hazard.mending.edits).splitlines()[-1] == f"CMD {expected}"


def test_image_without_a_command_is_what_its_manifests_make_of_it() -> None:
    """Certain where a container names no command either, nothing where all do, else likely."""
    build = TextFile("shop/Dockerfile", "FROM debian:12.7-slim\nCOPY --from=b /shop /shop\n")

    def found(*manifests: str) -> list[tuple[Confidence, bool]]:
        files = [build, *(TextFile(f"{n}.yaml", text) for n, text in enumerate(manifests))]
        hazards = inspect(files, Wanted(only=frozenset({"HF822"}))).hazards
        return [(h.confidence, "Pod/shop says no command" in h.message) for h in hazards]

    commanded = POD + "      command: [/shop]\n"
    assert found() == [(Confidence.LIKELY, False)]
    assert found(POD) == [(Confidence.CERTAIN, True)]
    assert found(commanded) == []
    assert found(commanded.replace("name: shop}", "name: other}"), POD) == [
        (Confidence.CERTAIN, True)
    ]


def test_command_of_a_manifest_drops_the_init_of_its_image() -> None:
    """What the Dockerfile starts is known, so the loss is told by its name."""
    manifest = POD + "      command: [server, --port, '8080']\n"

    assert beside(manifest, "shop/Dockerfile") == [
        "HF721 shop tini of shop/Dockerfile, line 2, does not run"
    ]
    assert beside(manifest.replace("[server", "[tini, --, server"), "shop/Dockerfile") == []


@pytest.mark.parametrize(
    ("text", "shell"),
    [
        ("FROM debian:12.7-slim", Shell.DASH),
        ("FROM docker.io/library/node:22", Shell.DASH),
        ("FROM node:22-alpine3.20", Shell.ASH),
        ("FROM registry.access.redhat.com/ubi9:9.4", Shell.BASH),
        ("ARG TAG=3.20\nFROM alpine:${TAG} AS a\nFROM a", Shell.ASH),
        ("ARG BASE\nFROM ${BASE}", Shell.UNKNOWN),
        ("FROM example.com/base:1", Shell.UNKNOWN),
        ("FROM scratch\nCOPY x /x", Shell.NONE),
        ("FROM scratch\nADD rootfs.tar /", Shell.UNKNOWN),
        ("FROM gcr.io/distroless/java21", Shell.NONE),
        ("FROM gcr.io/distroless/java21:debug", Shell.UNKNOWN),
        ("FROM mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled", Shell.NONE),
        ("FROM debian:12.7\nRUN ln -sf bash /bin/sh", Shell.UNKNOWN),
        ("# escape=`\nFROM mcr.microsoft.com/windows/nanoserver", Shell.UNKNOWN),
    ],
)
def test_shell_of_an_image(text: str, shell: Shell) -> None:
    """By the base image, through stages and arguments; unknown where something else decides."""
    assert start_of(text + "\nCMD x").stage.shell("sh") is shell


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('CMD ["node", "a.js"]', "node a.js"),
        ("CMD node a.js", "node a.js"),
        ("CMD cd /app && A=b exec node 'a.js'", "node a.js"),
        ('ENTRYPOINT ["tini", "-g", "--", "node"]\nCMD ["a.js"]', "node a.js"),
        ('ENTRYPOINT ["/sbin/tini", "sh", "-c", "exec node a.js"]', "node a.js"),
        ('ENTRYPOINT ["holdfast", "run", "--"]\nCMD ["node"]', "node"),
        ('ENTRYPOINT ["gosu", "app", "env", "A=b", "node"]', "node"),
        ('ENTRYPOINT ["/docker-entrypoint.sh"]\nCMD ["node"]', "node"),
        ('ENTRYPOINT ["/docker-entrypoint.sh"]\nCMD node a.js', "node a.js"),
        ('CMD ["old"]\nENTRYPOINT []\nCMD ["node"]', "node"),
        ('FROM a AS a\nCMD ["old"]\nFROM a\nENTRYPOINT ["node"]', "node"),
        ('COPY run_sh /\nENTRYPOINT ["/run_sh"]', "/run_sh"),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "gunicorn app"),
        ('COPY run.sh /\nENTRYPOINT ["bash", "-e", "/run.sh"]', "gunicorn app"),
    ],
)
def test_commands_that_are_started(text: str, words: str) -> None:
    """Behind inits, shells, and scripts that run their arguments."""
    (line,) = start_of(text, run_sh="#!/bin/sh\nset -e\nexec gunicorn app\n").lines

    assert " ".join(line.words) == words


@pytest.mark.parametrize(
    ("copy", "program"),
    [
        ("COPY run.sh /run.sh", "/run.sh"),
        ("COPY run.sh /usr/local/bin/", "run.sh"),
        ("WORKDIR /app\nCOPY . .", "./run.sh"),
        ("ENV HOME=/home/app\nWORKDIR $HOME\nCOPY --chown=1:1 ./run.sh start", "./start"),
        ('COPY ["x y", "run.sh", "/bin/"]', "/bin/run.sh"),
        ("FROM a AS a\nWORKDIR /src\nCOPY . .\nFROM b\nCOPY --from=a /src /app", "/app/run.sh"),
        ("FROM a AS a\nCOPY run.sh /out/\nFROM b\nCOPY --from=0 /out/run.sh /x", "/x"),
        ("COPY <<run.sh /x\nexec y\nrun.sh", "/x"),
    ],
)
def test_script_of_the_image_is_found(copy: str, program: str) -> None:
    """Through directories, names, stages and heredocs."""
    start = start_of(copy + f'\nCMD ["{program}"]', run_sh="exec y\n")
    found = find_file(start.stage, program)

    assert found is not None
    assert found.text == "exec y\n"
    assert "run.sh" in start.wanted_files


def test_paths_are_joined_only_where_they_are_known() -> None:
    """A directory that a build argument decides makes no path."""
    assert joined("/a/b", "../c/./d") == "/a/c/d"
    assert joined(None, "/c") == "/c"
    assert joined(None, "c") is None
    assert joined("/a", None) is None


@pytest.mark.parametrize(
    ("script", "end"),
    [
        ('exec "$@"\n', End.PROGRAM),
        ("set -e\nserver --port 1 # exec\n\n# exec\n", End.STAYS),
        ("cat <<X\nit's\nX\n$@\n", End.STAYS),
        ("cd /app && \\\n  server\n", End.STAYS),
        ("trap 'kill $p' TERM\nserver &\nwait\n", End.HANDLED),
        ("echo 'trap x'\nserver\n", End.STAYS),
        ("while true; do\n  work\ndone\n", End.LOOP),
        ("while true; do\n  exec work\ndone\n", End.UNKNOWN),
        ("for x in a b; do\n  echo $x\ndone\n", End.UNKNOWN),
        ("if x; then\n  server\nfi\n", End.UNKNOWN),
        ("main() {\n  exec server\n}\nmain\n", End.UNKNOWN),
        (". ./traps.sh\nserver\n", End.UNKNOWN),
        (". /venv/bin/activate\nserver\n", End.STAYS),
        ("server\nexit $?\n", End.UNKNOWN),
        ("server &\n", End.UNKNOWN),
        ("A=b\n", End.UNKNOWN),
        ("", End.UNKNOWN),
    ],
)
def test_end_of_a_script(script: str, end: End) -> None:
    """What is certain is told; what a text alone cannot tell is unknown."""
    assert end_of_script(f"#!/bin/sh\n{script}").end is end
    assert end_of_script(script.replace("\n", "\r\n")).end is end


def test_scripts_of_other_languages_are_none_of_a_shell() -> None:
    """The first line tells; a program that is no text has none."""
    assert is_shell_script("#!/usr/bin/env bash\n")
    assert is_shell_script("server\n")
    assert not is_shell_script("#!/usr/bin/python3\n")
    assert not is_shell_script("\x7fELF\x00")


@pytest.mark.parametrize(
    ("command", "form"),
    [
        ("node  'a b' \"c\"", '["node", "a b", "c"]'),
        ("exec node", '["node"]'),
        ("/bin/café -x=1", '["/bin/café", "-x=1"]'),
        ("node $A", None),
        ("A=b node", None),
        ("cd /app", None),
        ("node *.js", None),
        ("a; b", None),
        ("node 'a", None),
        ("", None),
    ],
)
def test_json_form_means_the_same(command: str, form: str | None) -> None:
    """Only words that no shell has to work out become an array."""
    assert json_form(command) == form


@pytest.mark.parametrize(
    ("cut", "text", "confined"),
    [
        ("CMD a", "CMD b", True),
        ("USER x", "RUN y\nUSER x", False),
        ("USER x", "USER <<X", True),
        ("RUN a \\", "RUN a", False),
        ("USER x", "FOO x", False),
        ("USER x", "", False),
    ],
)
def test_edits_that_reach_further_are_withdrawn(cut: str, text: str, confined: bool) -> None:
    """An edit may change the instruction that it stands in, and no other."""
    source = "FROM a\nRUN a \\\n  b\nUSER x\nCMD a\n"
    before = read_dockerfile(source, "f")
    at = source.index(cut)
    edit = Edit("f", before.span(at, at + len(cut)), text)
    after = read_dockerfile(apply_edits(source, [edit]), "f")

    assert is_confined(before, after, [edit]) is confined
