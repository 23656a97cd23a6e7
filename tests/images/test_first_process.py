"""What an image starts, and whether a stop signal reaches it."""

from pathlib import Path
from typing import Any

import pytest
from tests.images.building import Item, Layout, configuration, file, layer, link, program
from tests.images.programs import elf

from holdfast.model.image import Fault, FirstProcess, SignalPath
from holdfast.sources.images.read_image import read_image

_SCRIPT = "#!/bin/sh\nset -e\n{}\n"


DASH = (program("usr/bin/dash", elf()), link("bin", "usr/bin"), link("usr/bin/sh", "dash"))
BASH = (program("bin/bash", elf()), link("bin/sh", "bash"))
ASH = (program("bin/busybox", elf()), link("bin/sh", "/bin/busybox"))
APP = program("app/server", elf())


def first(root: Path, items: tuple[Item, ...], **run: Any) -> FirstProcess:
    """The first process of an image of one layer."""
    plain = [layer(*items)]
    layout = Layout(root / "layout")
    layout.add(plain, configuration(plain, **run))
    return read_image(str(layout.root)).first


@pytest.mark.parametrize(
    ("shell", "body", "expected"),
    [
        (DASH, "/app/server", SignalPath.SHELL_STAYS),
        (DASH, "exec /app/server", SignalPath.REACHES),
        (DASH, "trap 'exit' TERM; /app/server & wait", SignalPath.HANDLED),
        (BASH, "/app/server", SignalPath.REACHES),
        (BASH, "/app/server > /log", SignalPath.SHELL_STAYS),
        (ASH, "/app/server > /log", SignalPath.REACHES),
        (ASH, "/app/server | cat", SignalPath.SHELL_STAYS),
    ],
)
def test_shell_form_depends_on_the_shell(
    tmp_path: Path, shell: tuple[Item, ...], body: str, expected: SignalPath
) -> None:
    """The verdict is that of the shell which is in the image, whatever the image is called."""
    process = first(tmp_path, (*shell, APP), Entrypoint=["/bin/sh", "-c", body])

    assert process.shell_form
    assert process.signal is expected
    assert process.fault is None


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ('exec "$@"', SignalPath.REACHES),
        ('"$@"', SignalPath.SCRIPT_STAYS),
        ('/app/server "$@" # exec would be better', SignalPath.SCRIPT_STAYS),
        ('if [ -n "$X" ]; then exec /app/server; fi', SignalPath.UNKNOWN),
        ("trap 'kill $!' TERM\n/app/server & wait", SignalPath.HANDLED),
        (". /lib/start.sh", SignalPath.UNKNOWN),
    ],
)
def test_script_is_read_from_the_layers(tmp_path: Path, last: str, expected: SignalPath) -> None:
    """A script without exec keeps the signal from the program, behind links as well."""
    items = (
        *DASH,
        APP,
        program("opt/start.sh", _SCRIPT.format(last)),
        link("start", "opt/start.sh"),
    )
    process = first(tmp_path, items, Entrypoint=["/start"], Cmd=["/app/server"])

    assert process.path == "/opt/start.sh"
    assert process.signal is expected


@pytest.mark.parametrize("line", ["/bin/bash", "/usr/bin/env bash", "/usr/bin/env -S bash -e"])
def test_script_names_its_shell_as_it_likes(tmp_path: Path, line: str) -> None:
    """env in the first line is on its way to the shell, and no program of its own."""
    script = _SCRIPT.replace("/bin/sh", line).format("/app/server")
    items = (*BASH, APP, program("usr/bin/env", elf()), program("start", script))

    assert first(tmp_path, items, Cmd=["/start"]).signal is SignalPath.SCRIPT_STAYS


@pytest.mark.parametrize(
    ("items", "run", "fault"),
    [
        ((), {}, Fault.NOTHING),
        ((APP,), {"Cmd": ["/app/other"]}, Fault.MISSING),
        ((APP,), {"Cmd": ["server"]}, Fault.MISSING),
        ((APP,), {"Cmd": ["/app"]}, Fault.DIRECTORY),
        ((file("server", elf()),), {"Cmd": ["/server"]}, Fault.NOT_EXECUTABLE),
        ((program("server", elf(183)),), {"Cmd": ["/server"]}, Fault.WRONG_MACHINE),
        (
            (program("server", elf(loader="/lib64/ld-linux-x86-64.so.2")),),
            {"Cmd": ["/server"]},
            Fault.NO_LOADER,
        ),
        ((program("run", "#!/bin/bash\nx\n"),), {"Cmd": ["/run"]}, Fault.NO_INTERPRETER),
        ((*DASH, program("run", "#!/bin/sh\r\nx\r\n")), {"Cmd": ["/run"]}, Fault.CRLF),
    ],
)
def test_what_cannot_start_says_why(
    tmp_path: Path, items: tuple[Item, ...], run: dict[str, Any], fault: Fault
) -> None:
    """Each StartError that can be read from an image is told before the deploy."""
    process = first(tmp_path, items, **run)

    assert process.fault is fault
    assert process.fault_words


def test_image_for_windows_is_not_judged(tmp_path: Path) -> None:
    """Its layers have another form; what cannot be told is no fault."""
    plain = [layer(file("Files/app.exe", b"MZ"))]
    layout = Layout(tmp_path / "layout")
    config = configuration(plain, Cmd=["app.exe"]).replace(b'"linux"', b'"windows"')
    layout.add(plain, config)
    process = read_image(str(layout.root)).first

    assert process.fault is None
    assert process.signal is SignalPath.UNKNOWN


def test_shell_form_without_a_shell_cannot_start(tmp_path: Path) -> None:
    """A command in shell form on an image from scratch is a StartError."""
    process = first(tmp_path, (APP,), Cmd=["/bin/sh", "-c", "/app/server"])

    assert process.fault is Fault.MISSING


def test_command_behind_a_shell_form_is_dropped(tmp_path: Path) -> None:
    """CMD never reaches the program there, which looks as if its flags were ignored."""
    run = {"Entrypoint": ["/bin/sh", "-c", "exec /app/server"], "Cmd": ["--port", "80"]}

    assert first(tmp_path, (*DASH, APP), **run).command_is_dropped


def test_name_is_looked_up_on_the_path_of_the_image(tmp_path: Path) -> None:
    """The first executable file of that name counts, as for the runtime."""
    items = (file("a/server", "no"), program("b/server", elf()))
    process = first(tmp_path, items, Cmd=["server"], Env=["PATH=/a:/b"])

    assert process.path == "/b/server"


@pytest.mark.parametrize(
    ("init", "body", "expected"),
    [
        (["tini", "--"], "/app/server", SignalPath.SHELL_STAYS),
        (["tini", "-g", "--"], "/app/server", SignalPath.INIT),
        (["tini", "--"], "exec /app/server", SignalPath.INIT),
        (["dumb-init"], "/app/server", SignalPath.INIT),
        (["dumb-init", "-c", "--"], "/app/server", SignalPath.SHELL_STAYS),
    ],
)
def test_shell_behind_an_init_still_keeps_the_signal(
    tmp_path: Path, init: list[str], body: str, expected: SignalPath
) -> None:
    """A shell that stays dies of what an init forwards to it alone, and the program is killed."""
    items = (*DASH, APP, program(f"usr/bin/{init[0]}", elf()))
    process = first(tmp_path, items, Entrypoint=init, Cmd=["sh", "-c", body])

    assert process.signal is expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("tini", SignalPath.INIT), ("npm", SignalPath.WRAPPER), ("server", SignalPath.REACHES)],
)
def test_inits_forward_and_wrappers_do_not(tmp_path: Path, word: str, expected: SignalPath) -> None:
    """Whom the kubelet's signal meets first decides."""
    process = first(tmp_path, (program(f"usr/bin/{word}", elf()),), Cmd=[word, "start"])

    assert process.signal is expected
