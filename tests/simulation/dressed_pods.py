"""Random pods with what real ones have beside that which decides when their containers end."""

import msgspec
from hypothesis import strategies as st
from tests.kubelet.random_pods import pods

from holdfast.model.container import (
    Container,
    ContainerPort,
    EnvVar,
    GrpcAction,
    HttpGetAction,
    LifecycleHandler,
    Probe,
    Resources,
    TcpSocketAction,
)
from holdfast.model.pod import PodSpec, Volume
from holdfast.simulation.bare_pod import bare_names

_PORTS = (ContainerPort(8080, "http"), ContainerPort(9090, "metrics"))
_HTTP = HttpGetAction("http", "/health", "example.org", "HTTPS")


@st.composite
def dressed(draw: st.DrawFn, container: Container) -> Container:
    """The container with what real ones have."""
    handler = draw(st.sampled_from(("as it is", "http", "tcp", "grpc", "nowhere")))

    def asks(probe: Probe | None) -> Probe | None:
        if probe is None or handler == "as it is":
            return probe
        return msgspec.structs.replace(
            probe,
            exec=None,
            http_get=_HTTP if handler in ("http", "nowhere") else None,
            tcp_socket=TcpSocketAction("metrics") if handler == "tcp" else None,
            grpc=GrpcAction(8080, "api") if handler == "grpc" else None,
        )

    lifecycle = container.lifecycle
    if lifecycle is not None and lifecycle.pre_stop is not None and draw(st.booleans()):
        hook = LifecycleHandler(http_get=_HTTP)
        lifecycle = msgspec.structs.replace(lifecycle, pre_stop=hook)
    limits = st.builds(
        Resources,
        limits=st.dictionaries(
            st.sampled_from(("cpu", "memory", "ephemeral-storage")),
            st.sampled_from(("100m", 2, "1G")),
        ),
    )
    return msgspec.structs.replace(
        container,
        image=draw(st.sampled_from(("app", "app:1", "app:latest"))),
        image_pull_policy=draw(st.sampled_from((None, "Always", "Never"))),
        command=("serve",),
        env=(EnvVar("MODE", "fast"),),
        ports=_PORTS if handler != "nowhere" else None,
        resources=draw(st.none() | limits),
        liveness_probe=asks(container.liveness_probe),
        readiness_probe=asks(container.readiness_probe),
        startup_probe=asks(container.startup_probe),
        lifecycle=lifecycle,
        termination_message_policy="FallbackToLogsOnError",
    )


@st.composite
def dressed_pods(draw: st.DrawFn) -> PodSpec:
    """Pods whose containers are called as in a bare pod: a name is part of a draw of chance."""
    spec = draw(pods()).spec
    names = bare_names(spec)

    def all_of(containers: tuple[Container, ...]) -> tuple[Container, ...]:
        return tuple(
            msgspec.structs.replace(draw(dressed(one)), name=names[one.name]) for one in containers
        )

    return msgspec.structs.replace(
        spec,
        containers=all_of(spec.containers),
        init_containers=all_of(spec.init_containers or ()) or None,
        volumes=(Volume("data"),),
        service_account_name="api",
        host_network=draw(st.booleans()),
    )
