"""What a recorded pod's processes were told to do, as a workload: from the manifest alone.

A container runs `actor`, scripted by the variable ACTOR (see README.md), or a shell script of a few
known commands. Nothing is read from what was recorded: a new recording with other numbers needs no
change here.
"""

import json
import shlex
from typing import Any, NamedTuple

import msgspec

from holdfast.model.container import Container, LifecycleHandler
from holdfast.model.duration import Duration
from holdfast.model.pod import Pod
from holdfast.model.quantity import Quantity
from holdfast.simulation.consumption import Disk, Files, Growth, Memory
from holdfast.simulation.distribution import Distribution, constant, uniform
from holdfast.simulation.workload import (
    Answer,
    ContainerWorkload,
    Cpu,
    Demand,
    ExecAnswer,
    Exit,
    Hook,
    OnTerm,
    Start,
    StartError,
    TermAction,
    Workload,
)

_PRESENT_IMAGES = ("docker.io/lab/actor:2",)
_PROGRAMS = ("/bin/actor", "/bin/sh", "/bin/sleep", "/bin/cat", "/bin/true", "/bin/false")
_BUSYBOX = (
    "sleep", "cat", "true", "false", "touch", "rm", "mv", "dd", "exit", "echo", "mkdir", "exec",
)  # fmt: skip
# busybox libbb/xatonum_template.c: the suffixes of dd.
_SUFFIXES = {"c": 1, "w": 2, "b": 512, "k": 1024, "K": 1024, "M": 1024**2, "G": 1024**3}
# What is not in the script, from what the programs are: a small Go program, a busybox shell.
_ACTOR_START_CPU = uniform(0.001, 0.02)
_ACTOR_BYTES = "8Mi"
# Into the page cache, of a shared machine.
_DD_RATE = uniform(50e6, 2e9)
_MEGABYTE = 1_000_000.0, 1_048_576.0


def workload_of(pod: Pod) -> Workload:
    """What all containers of a recorded pod do."""
    containers = {}
    for spec in (*(pod.spec.init_containers or ()), *pod.spec.containers):
        containers[spec.name] = _container(spec)
    return Workload(containers=containers)


def _container(spec: Container) -> ContainerWorkload:
    errors = tuple(_start_errors(spec))
    command = spec.command or ("/bin/actor",)
    if command[:2] == ("/bin/sh", "-c"):
        found = _shell(spec, command[2])
    else:
        found = _actor(spec, json.loads(spec.env_value("ACTOR") or "{}"))
    hooks = {
        name: _hook(handler)
        for name, handler in (
            ("postStart", spec.lifecycle.post_start if spec.lifecycle else None),
            ("preStop", spec.lifecycle.pre_stop if spec.lifecycle else None),
        )
        if handler is not None and handler.exec is not None
    }
    return _replace(found, start_errors=errors, hooks=hooks)


def _replace(workload: ContainerWorkload, **fields: Any) -> ContainerWorkload:
    return msgspec.structs.replace(workload, **fields)


def _start_errors(spec: Container) -> list[StartError]:
    if spec.image not in _PRESENT_IMAGES:
        if spec.image_pull_policy == "Never":
            text = f'Container image "{spec.image}" is not present with pull policy of Never'
            return [StartError(reason="ErrImageNeverPull", message=text)]
        return [StartError(reason="ErrImagePull", message="not found")]
    for source in spec.env_from or ():
        if source.config_map_ref is not None:
            text = f'configmap "{source.config_map_ref.name}" not found'
            return [StartError(reason="CreateContainerConfigError", message=text)]
    if spec.command and spec.command[0] not in _PROGRAMS:
        text = "failed to create containerd task: failed to create shim task: OCI runtime create"
        return [StartError(reason="RunContainerError", message=text)]
    return []


def _seconds(value: float) -> Duration:
    return Duration(float(value))


def _actor(spec: Container, script: dict[str, Any]) -> ContainerWorkload:
    answers = {
        path: tuple(
            Answer(
                begin=_seconds(step["from"]),
                code=step["code"],
                latency=constant(step["latency"]) if step.get("latency") else None,
            )
            for step in steps
        )
        for path, steps in script.get("paths", {}).items()
    }
    answers["*"] = (Answer(code=404),)
    exits: tuple[Exit, ...] = ()
    if "exitAt" in script:
        exits = (Exit(after=constant(script["exitAt"]), code=script.get("exitCode", 0)),)
    demand: tuple[Demand, ...] = ()
    if "burn" in script:
        demand = (Demand(begin=_seconds(script.get("burnFrom", 0)), cores=script["burn"]),)
    delay = constant(script.get("termDelay", 0))
    term = OnTerm(after=delay, serves=delay, code=script.get("termCode", 0))
    if script.get("ignoreTerm"):
        term = OnTerm(action=TermAction.IGNORE)
    return ContainerWorkload(
        start=Start(wall=constant(script.get("listenAt", 0)), cpu=_ACTOR_START_CPU),
        ports=(script.get("port", 8080),),
        answers=answers,
        exits=exits,
        cpu=Cpu(demand=demand),
        on_term=term,
        memory=_memory(script, "leakMBps"),
        child=_memory(script, "childLeakMBps") if "childLeakMBps" in script else None,
    )


def _memory(script: dict[str, Any], key: str) -> Memory:
    start = Quantity.parse(_ACTOR_BYTES)
    if key not in script:
        return Memory(start=start)
    low, high = (script[key] * size for size in _MEGABYTE)
    growth = Growth(rate=uniform(low, high), begin=_seconds(script.get("leakFrom", 0)))
    return Memory(start=start, growth=growth)


class _Run(NamedTuple):
    """What a shell has done so far: its clock, which files were there when, and `dd`'s output."""

    seconds: float
    files: dict[str, tuple[float, float | None]]
    exit_code: int | None
    written: tuple[float, int | None, str] | None = None
    """When a `dd` wrote, how many bytes (None is without an end), and to which file."""
    replaced: bool = False
    """Whether the shell has become another program: then no shell is PID 1."""


def _on_term(inner: ContainerWorkload, script: str, run: _Run) -> OnTerm:
    """A shell does not pass SIGTERM on; what it has become handles the signal itself."""
    if not run.replaced:
        return OnTerm(action=TermAction.SHELL)
    return inner.on_term if "/bin/actor" in script else OnTerm(action=TermAction.NO_HANDLER)


def _shell(spec: Container, script: str) -> ContainerWorkload:
    run = _run(script)
    exits: tuple[Exit, ...] = ()
    if run.exit_code is not None:
        exits = (Exit(after=constant(run.seconds), code=run.exit_code),)
    probes = (spec.startup_probe, spec.readiness_probe, spec.liveness_probe)
    commands = {
        tuple(probe.exec.command or ()) for probe in probes if probe is not None and probe.exec
    }
    inner = ContainerWorkload()
    if "/bin/actor" in script:
        inner = _actor(spec, json.loads(spec.env_value("ACTOR") or "{}"))
    return _replace(
        inner,
        ports=inner.ports if "/bin/actor" in script else (),
        exits=exits,
        on_term=_on_term(inner, script, run),
        disk=_disk(spec, run),
        exec={" ".join(command): _exec(command, run) for command in sorted(commands)},
    )


def _run(script: str) -> _Run:
    """Follow a script of commands that are joined by semicolons."""
    seconds = 0.0
    files: dict[str, tuple[float, float | None]] = {}
    written: tuple[float, int | None, str] | None = None
    replaced = False
    # What stands before && succeeds in all that a recording does.
    for part in script.replace("&&", ";").split(";"):
        words = [word for word in shlex.split(part) if not word.startswith("2>")]
        if words[0] == "exec":
            replaced = True
            words = words[1:]
        program = words[0].removeprefix("/bin/")
        if program == "actor":
            return _Run(seconds, files, None, written, replaced)
        if program not in _BUSYBOX:
            raise ValueError(f"the recordings' shell does not know {program!r}")
        if program == "sleep":
            seconds += float(words[1])
        elif program == "touch":
            files[words[1]] = (seconds, None)
        elif program == "dd":
            given = dict(word.split("=", 1) for word in words[1:])
            size = _bytes(given.get("bs", "512"))
            count = _bytes(given["count"]) if "count" in given else None
            written = (seconds, None if count is None else size * count, given["of"])
        elif program in ("rm", "mv"):
            gone = next((word for word in words[1:] if word in files), None)
            if gone is not None and files[gone][1] is None:
                files[gone] = (files[gone][0], seconds)
        elif program == "exit":
            return _Run(seconds, files, int(words[1]), written)
    return _Run(seconds, files, 0, written, replaced)


def _bytes(text: str) -> int:
    """A number of dd, perhaps with a suffix."""
    factor = _SUFFIXES.get(text[-1])
    return int(text) if factor is None else int(text[:-1]) * factor


def _disk(spec: Container, run: _Run) -> Disk:
    """What `dd` wrote: to an emptyDir where one is mounted there, else to the writable layer."""
    if run.written is None:
        return Disk()
    begin, size, path = run.written
    growth = Growth(rate=_DD_RATE, begin=_seconds(begin))
    files = Files(growth=growth, most=None if size is None else Quantity.parse(size))
    for mount in spec.volume_mounts or ():
        if path.startswith(mount.mount_path.rstrip("/") + "/"):
            return Disk(empty_dirs={mount.name: files})
    return Disk(layer=files)


def _exec(command: tuple[str, ...], run: _Run) -> tuple[ExecAnswer, ...]:
    """What a probe's command does in the course of the script."""
    program = command[0].removeprefix("/bin/")
    if program != "cat":
        seconds, code = _outcome(command)
        return (ExecAnswer(exit=code, takes=constant(seconds)),)
    begin, end = run.files.get(command[1], (0.0, 0.0))
    output = f"cat: can't open '{command[1]}': No such file or directory\n"
    answers = [ExecAnswer(exit=1, output=output), ExecAnswer(begin=_seconds(begin))]
    if end is not None:
        answers.append(ExecAnswer(begin=_seconds(end), exit=1, output=output))
    return tuple(answers)


def _hook(handler: LifecycleHandler) -> Hook:
    command = handler.exec.command if handler.exec is not None else None
    seconds, code = _outcome(command or ())
    return Hook(takes=_at_least_a_moment(seconds), exit=code)


def _outcome(command: tuple[str, ...]) -> tuple[float, int]:
    program = command[0].removeprefix("/bin/")
    if program == "sh":
        run = _run(command[2])
        return run.seconds, run.exit_code or 0
    if program == "sleep":
        return float(command[1]), 0
    return 0.0, 1 if program == "false" else 0


def _at_least_a_moment(seconds: float) -> Distribution:
    # A runtime takes some time to run anything.
    return uniform(seconds + 0.02, seconds + 0.3)
