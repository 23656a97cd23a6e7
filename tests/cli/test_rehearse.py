"""`holdfast rehearse` as it is typed: what it refuses, and in which words."""

import json
import os
import socket
import struct
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import holdfast

POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "app", "image": "example/app:1"}]},
}


def written(directory: Path, value: dict[str, Any] = POD, name: str = "pod.yaml") -> str:
    """A manifest in a file."""
    path = directory / name
    path.write_text(json.dumps(value), encoding="utf-8")
    return str(path)


def refused(*arguments: str) -> str:
    """The error of a call, which has four parts and no traceback."""
    outcome = holdfast("rehearse", *arguments)

    assert outcome.code == 3, outcome.err
    assert outcome.out == ""
    assert "\n  found: " in outcome.err
    assert "\n  next: " in outcome.err
    assert "Traceback" not in outcome.err
    return outcome.err


def test_command_that_is_not_there(tmp_path: Path) -> None:
    """A typing mistake is told at once, not rehearsed for ten minutes."""
    err = refused("-f", written(tmp_path), "--", "./no-such-server")

    assert "container app: ./no-such-server" in err
    assert "no such program" in err


def test_command_that_is_not_executable(tmp_path: Path) -> None:
    """With what would help."""
    program = tmp_path / "server"
    program.write_text("#!/bin/sh\n", encoding="utf-8")

    err = refused("-f", written(tmp_path), "--", str(program))

    assert "is not executable" in err
    assert f"chmod +x {program}" in err


def test_command_for_another_machine(tmp_path: Path) -> None:
    """A program of the image's architecture does not run on every laptop."""
    other = 183 if os.uname().machine == "x86_64" else 62
    program = tmp_path / "server"
    program.write_bytes(b"\x7fELF\x02\x01\x01" + b"\0" * 9 + struct.pack("<HH", 2, other))
    program.chmod(0o755)

    err = refused("-f", written(tmp_path), "--", str(program))

    assert f"this computer is {os.uname().machine}" in err


def test_command_for_another_system(tmp_path: Path) -> None:
    """A build of a Mac does not run on Linux."""
    program = tmp_path / "server"
    program.write_bytes(b"\xcf\xfa\xed\xfe" + b"\0" * 28)
    program.chmod(0o755)

    assert "is built for macOS" in refused("-f", written(tmp_path), "--", str(program))


def test_port_that_is_taken(tmp_path: Path) -> None:
    """It names who has it."""
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        container = {"name": "app", "image": "x:1", "ports": [{"containerPort": port}]}
        pod = {**POD, "spec": {"containers": [container]}}

        err = refused("-f", written(tmp_path, pod), "--", "sleep", "1")

    assert f"port {port}" in err
    assert "listens on it" in err
    assert str(os.getpid()) in err or os.geteuid() != 0


def test_manifest_that_cannot_be_read(tmp_path: Path) -> None:
    """Its path is named."""
    err = refused("-f", str(tmp_path / "none.yaml"), "--", "true")

    assert "none.yaml" in err
    assert "No such file" in err


def test_manifest_that_is_no_yaml(tmp_path: Path) -> None:
    """With the line."""
    path = tmp_path / "pod.yaml"
    path.write_text("kind: Pod\nspec: [\n", encoding="utf-8")

    assert "pod.yaml:" in refused("-f", str(path), "--", "true")


def test_manifest_without_a_pod(tmp_path: Path) -> None:
    """A Service is nothing to rehearse."""
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}

    assert "0 objects with a pod" in refused("-f", written(tmp_path, service), "--", "true")


def test_manifest_with_several_pods(tmp_path: Path) -> None:
    """They are listed, and one of them can be named."""
    other = {**POD, "metadata": {"name": "other"}}
    paths = ("-f", written(tmp_path), "-f", written(tmp_path, other, "other.yaml"))

    assert "Pod/web, Pod/other" in refused(*paths, "--", "true")
    assert "no such program" in refused(*paths, "--target", "pod/other", "--", "./no-such")


def test_pod_that_the_api_server_refuses(tmp_path: Path) -> None:
    """In the API server's words."""
    probe = {"httpGet": {"port": 8080}, "successThreshold": 2}
    container = {"name": "app", "image": "x:1", "livenessProbe": probe}
    pod = {**POD, "spec": {"containers": [container]}}

    err = refused("-f", written(tmp_path, pod), "--", "true")

    assert "spec.containers[0].livenessProbe.successThreshold" in err
    assert "must be 1" in err


def test_container_that_the_pod_does_not_have(tmp_path: Path) -> None:
    """Those that it has are listed."""
    err = refused("-f", written(tmp_path), "--container", "web", "--", "true")

    assert "no such container; the pod has app" in err


def test_pod_with_several_containers(tmp_path: Path) -> None:
    """One command does not say for which."""
    containers = [{"name": "app", "image": "x:1"}, {"name": "log", "image": "y:1"}]
    pod = {**POD, "spec": {"containers": containers}}

    assert "2 containers could run the command: app, log" in refused(
        "-f", written(tmp_path, pod), "--", "true"
    )


def test_container_without_a_command(tmp_path: Path) -> None:
    """There are no images here, so their entrypoints are not known."""
    assert "no command" in refused("-f", written(tmp_path))


def test_commands_that_are_no_commands(tmp_path: Path) -> None:
    """The file is a mapping of containers to commands."""
    commands = tmp_path / "commands.yaml"
    commands.write_text("app: 3\n", encoding="utf-8")

    err = refused("-f", written(tmp_path), "--commands", str(commands))

    assert "commands.yaml: app" in err


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("web: ./server\n", "web\n  found: no such container; the pod has app"),
        ("- app\n", "expected container: command"),
        ("app: [\n", "commands.yaml:2\n  found: "),
        ('app: "./server \\"x"\n', "with closed quotes"),
        ("app: []\n", "expected container: command"),
        ("\0", "which YAML does not allow"),
        (None, "No such file"),
    ],
)
def test_wrong_file_of_commands(tmp_path: Path, text: str | None, found: str) -> None:
    """It is told what is wrong with that file, not with the manifest."""
    commands = tmp_path / "commands.yaml"
    if text is not None:
        commands.write_text(text, encoding="utf-8")

    err = refused("-f", written(tmp_path), "--commands", str(commands))

    assert found in err
    assert "reading the manifest" not in err


def test_command_that_is_a_directory(tmp_path: Path) -> None:
    """chmod would not help."""
    assert "is a directory" in refused("-f", written(tmp_path), "--", str(tmp_path))


@pytest.mark.parametrize("place", ["", "none/w.yaml"])
def test_place_of_the_workload_is_checked_first(tmp_path: Path, place: str) -> None:
    """Ten minutes of measuring must not end with a path that cannot be written."""
    path = str(tmp_path / place)

    err = refused("-f", written(tmp_path), "--write-workload", path, "--", "sleep", "60")

    assert f"writing the workload: {path}" in err
    assert "rehearsing" not in err


def test_values_from_nowhere(tmp_path: Path) -> None:
    """A path of a Secret that is not there."""
    values = tmp_path / "none"

    assert "No such file" in refused(
        "-f", written(tmp_path), "--secret", f"tokens={values}", "--", "true"
    )


def test_volume_without_its_config_map(tmp_path: Path) -> None:
    """A kubelet would wait for it for ever."""
    spec = {**POD["spec"], "volumes": [{"name": "c", "configMap": {"name": "settings"}}]}

    err = refused("-f", written(tmp_path, {**POD, "spec": spec}), "--", "true")

    assert "there is no ConfigMap settings" in err
    assert "--config-map settings=PATH" in err


def test_values_that_cannot_be_read(tmp_path: Path) -> None:
    """A file of KEY=VALUE lines with another line in it."""
    values = tmp_path / "values"
    values.write_text("GOOD=1\nbad\n", encoding="utf-8")

    err = refused("-f", written(tmp_path), "--config-map", f"settings={values}", "--", "true")

    assert "line 2 is not KEY=VALUE" in err


@pytest.mark.parametrize("arguments", [(), ("-f", "x", "--for", "0s"), ("-f", "x", "--for", "x")])
def test_usage(arguments: tuple[str, ...]) -> None:
    """Wrong flags end with 2."""
    assert holdfast("rehearse", *arguments).code == 2
