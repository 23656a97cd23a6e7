"""The parts of a container that checks are about: such a check is asked where its part is there.

Rules: a part is what stands in the manifest, or what is worked out from it once for all rules.
"""

from collections.abc import Callable, Iterable

from holdfast.lint.images import ImageSubject
from holdfast.lint.options import java_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.shell_start import shell_start
from holdfast.lint.world import World
from holdfast.model.container import ContainerKind

Subjects = Iterable[tuple[object, ...]]


def _init_container(container: ContainerSubject) -> Subjects:
    return ((container,),) if container.kind is ContainerKind.INIT else ()


def _command(container: ContainerSubject) -> Subjects:
    return ((container,),) if container.words else ()


def _env(container: ContainerSubject) -> Subjects:
    variables = container.spec.env
    return ((container, variables),) if variables else ()


def _resources(container: ContainerSubject) -> Subjects:
    resources = container.spec.resources
    return ((container, resources),) if resources is not None else ()


def _probes(container: ContainerSubject) -> Subjects:
    return [(container, field, probe) for field, probe in container.probes]


def _probe_of(wanted: str) -> Callable[[ContainerSubject], Subjects]:
    def find(container: ContainerSubject) -> Subjects:
        return [(container, probe) for field, probe in container.probes if field == wanted]

    return find


def _hooks(container: ContainerSubject) -> Subjects:
    return [(container, field, hook) for field, hook in container.hooks]


def _refused(container: ContainerSubject) -> Subjects:
    return [(container, refused) for refused in container.refused]


def _command_in(container: ContainerSubject, world: World) -> Subjects:
    return ((container, world),) if container.words else ()


def _shell(container: ContainerSubject, world: World) -> Subjects:
    start = shell_start(container, world)
    return ((container, start),) if start is not None else ()


def _java(container: ContainerSubject, world: World) -> Subjects:
    options = java_options(container, world)
    return ((container, options),) if options else ()


def _variables(container: ContainerSubject, world: World) -> Subjects:
    variables = world.environment_of(container)
    return ((container, variables),) if variables else ()


def _image(container: ContainerSubject, world: World) -> Subjects:
    known = world.images.of(container)
    return ((ImageSubject(known, container),),) if known is not None else ()


# By the names of their checks, in the order in which they are asked.
PARTS: dict[str, Callable[[ContainerSubject], Subjects]] = {
    "check_container": lambda container: ((container,),),
    "check_init_container": _init_container,
    "check_command": _command,
    "check_env": _env,
    "check_resources": _resources,
    "check_probe": _probes,
    "check_startup": _probe_of("startupProbe"),
    "check_liveness": _probe_of("livenessProbe"),
    "check_readiness": _probe_of("readinessProbe"),
    "check_hook": _hooks,
    "check_refused": _refused,
}
PARTS_IN: dict[str, Callable[[ContainerSubject, World], Subjects]] = {
    "check_container_in": lambda container, world: ((container, world),),
    "check_command_in": _command_in,
    "check_shell": _shell,
    "check_java": _java,
    "check_variables": _variables,
    "check_image": _image,
}
