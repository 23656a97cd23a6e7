"""Starts one life of a container: its environment, command, mounts, limits, and who it is.

Source: docs/specs/kubelet.md 6.2, 7.3, 16.6, 16.7.
"""

import os
from pathlib import Path

from holdfast.kubelet.cgroups import container_cgroup
from holdfast.kubelet.qos import oom_score_adj
from holdfast.model.container import Container
from holdfast.rehearsal.cgroups.group import Group
from holdfast.rehearsal.commands import expanded
from holdfast.rehearsal.container_runtime import RehearsalError
from holdfast.rehearsal.environment import environment_of
from holdfast.rehearsal.inside import Executor
from holdfast.rehearsal.life import Life
from holdfast.rehearsal.output import Output
from holdfast.rehearsal.rights import capabilities_of, gains_no_rights, reads_only
from holdfast.rehearsal.runtime.sweep import sweep
from holdfast.rehearsal.runtime.wire import Mount, Program
from holdfast.rehearsal.stage import Stage, identity
from holdfast.rehearsal.termination_message import can_show, make_file, message_path


async def start_life(stage: Stage, spec: Container, number: int, output: Output) -> Life:
    """Start it. Raises ConfigurationError, StartFailedError, and RehearsalError."""
    group = None
    try:
        group = _make_group(stage, spec, number)
        messages = _message_file(stage, spec, number)
        program = _program(stage, spec, group, messages)
        running = await stage.runtime.start(program, output.writing, stage.network.descriptor)
    except BaseException:
        if group is not None:
            sweep(list(group.directories), "")
        raise
    finally:
        os.close(output.writing)
    executor = Executor(stage.runtime, program, running)
    return Life(spec.name, number, program, running, group, output, executor, messages)


def _make_group(stage: Stage, spec: Container, number: int) -> Group | None:
    if stage.tree is None:
        return None
    plan = stage.plan
    values = container_cgroup(plan.pod, spec, plan.behaviour.cpu_weight)
    try:
        group_kill = plan.behaviour.memory_oom_group
        return stage.tree.make(f"{spec.name}.{number}", values, group_kill=group_kill)
    except OSError as error:
        raise RehearsalError(
            f"limiting container {spec.name}",
            str(error.filename or stage.tree.place),
            f"the kernel refuses: {error.strerror}",
            "see whether something else manages control groups there",
        ) from error


def _message_file(stage: Stage, spec: Container, number: int) -> Path | None:
    if stage.runtime.abilities.pid_namespace and can_show(message_path(spec)):
        return make_file(stage.scratch, spec.name, number)
    return None


def _program(stage: Stage, spec: Container, group: Group | None, messages: Path | None) -> Program:
    plan, abilities = stage.plan, stage.runtime.abilities
    environment = environment_of(plan.pod, spec, plan.data, stage.place)
    directory = plan.directory
    if spec.working_dir and Path(spec.working_dir).is_dir():
        directory = spec.working_dir
    # Only root may choose.
    user, group_id = identity(plan.pod, spec) if os.geteuid() == 0 else (None, None)
    isolated = abilities.pid_namespace
    mounts = stage.volumes.mounts_of(spec) if isolated else ()
    if messages is not None:
        mounts = (*mounts, Mount(str(messages), message_path(spec)))
    return Program(
        arguments=expanded(plan.commands[spec.name].words, environment),
        environment=environment,
        directory=directory,
        hostname=plan.pod.metadata.name[:63] if isolated else "",
        user=user,
        group=group_id,
        capabilities=capabilities_of(spec),
        gains_no_rights=gains_no_rights(spec),
        read_only_files=abilities.read_only_files and reads_only(spec),
        cgroup_files=group.files if group is not None else (),
        oom_score=oom_score_adj(plan.pod, spec, stage.place.memory_bytes),
        mounts=mounts,
        isolated=isolated,
        network=stage.network.descriptor is not None,
    )
