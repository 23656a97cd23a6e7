"""One row per kind of fix: what is wrong, and what exactly the patch sets."""

from typing import Any, NamedTuple

from tests.fixes.findings import HTTP

from holdfast.model.edit import Safety

SAFE, REVIEW, SKETCH = Safety.SAFE, Safety.REVIEW, Safety.SKETCH
APP = ("containers", "app")


class Row(NamedTuple):
    """A cause, a container, and the changes that are expected by path."""

    cause: str
    container: dict[str, Any]
    safety: Safety
    changes: dict[tuple[str, ...], Any]
    parameters: dict[str, Any] = {}  # noqa: RUF012
    summary: str = ""
    pod: dict[str, Any] = {}  # noqa: RUF012


def app(*path: str) -> tuple[str, ...]:
    """A path below the container."""
    return (*APP, *path)


def memory(limit: str, **more: Any) -> dict[str, Any]:
    """A container with a memory limit."""
    return {"resources": {"limits": {"memory": limit}}, **more}


LIVENESS = {"livenessProbe": HTTP}
GRPC = {"livenessProbe": {"grpc": {"port": 9000, "service": "shop"}}}
NINE = {"livenessProbe": {"tcpSocket": {"port": 9999}}}
SHELL = {"command": ["sh", "-c", "migrate && serve --port 80"]}
PORTS = {"ports": [{"containerPort": 8080, "name": "web"}]}
CLAIM = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}
READ_ONLY = {"securityContext": {"readOnlyRootFilesystem": True}}
TMPFS = {"volumes": [{"name": "cache", "emptyDir": {"medium": "Memory"}}]}
STARTUP_PROBE = {**HTTP, "periodSeconds": 5, "failureThreshold": 25}
SYSCTLS = [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]
JAVA = ["java", "-Xmx2g", "-jar", "a.jar"]

ROWS = (
    # 3 x 40 s in periods of 5 s: 1 + 120/5.
    Row("C03", LIVENESS, SAFE, {app("startupProbe"): STARTUP_PROBE},
        {"killed_after_seconds": 40.0}),
    # Without a time: three times initialDelay + failureThreshold x period = 3 x 30 s.
    Row("C03", LIVENESS, SAFE,
        {app("startupProbe"): {**HTTP, "periodSeconds": 5, "failureThreshold": 19}}),
    Row("C08", {"startupProbe": {**HTTP, "periodSeconds": 2}}, SAFE,
        {app("startupProbe", "failureThreshold"): 16}, {"needed_seconds": 20.0}),
    Row("C04", LIVENESS, SAFE, {app("livenessProbe", "timeoutSeconds"): 3}),
    Row("C04", {"livenessProbe": {**HTTP, "timeoutSeconds": 3}}, SAFE,
        {app("livenessProbe", "timeoutSeconds"): 5}),
    Row("C09", {"livenessProbe": {"exec": {"command": ["x"]}}}, SAFE,
        {app("livenessProbe", "timeoutSeconds"): 3}, {"timeout_seconds": 1.0}),
    Row("C01", {**NINE, **PORTS}, REVIEW, {app("livenessProbe", "tcpSocket", "port"): "web"}),
    # All probes that ask the port where nobody listens.
    Row("C01", {**LIVENESS, "readinessProbe": HTTP}, REVIEW,
        {app("livenessProbe", "httpGet", "port"): 8081,
         app("readinessProbe", "httpGet", "port"): 8081}, {"listens_on": 8081.0}),
    Row("C02", LIVENESS, SKETCH, {app("livenessProbe", "httpGet", "path"): "/healthz"},
        summary="the liveness probe gets HTTP 404"),
    Row("C02", LIVENESS, SKETCH, {app("livenessProbe", "httpGet", "scheme"): "HTTPS"},
        summary="the liveness probe gets an answer in another protocol"),
    Row("C06", LIVENESS, SKETCH,
        {app("livenessProbe", "httpGet", "path"): "/livez", app("readinessProbe"): HTTP}),
    Row("C11", GRPC, SKETCH, {app("livenessProbe", "grpc", "service"): ""}),
    # 250 ms of CPU in half of a timeout of 1 s.
    Row("C05", {**LIVENESS, "resources": {"limits": {"cpu": "20m"}}}, REVIEW,
        {app("resources", "limits", "cpu"): "500m"}),
    Row("G01", SHELL, REVIEW, {app("command"): ["sh", "-c", "migrate && exec serve --port 80"]}),
    Row("C14", {}, REVIEW, {("shareProcessNamespace",): True}),
    Row("G02", {"args": ["sh", "-c", "python x.py"]}, REVIEW,
        {app("args"): ["sh", "-c", "exec python x.py"]}),
    Row("C15", {"livenessProbe": {**HTTP, "terminationGracePeriodSeconds": 5}}, REVIEW,
        {app("livenessProbe", "terminationGracePeriodSeconds"): 30}),
    Row("G03", {}, REVIEW, {("terminationGracePeriodSeconds",): 75}, {"hook_seconds": 45.0}),
    Row("G04", {}, REVIEW, {("terminationGracePeriodSeconds",): 60}),
    Row("G06", {"image": "nginx:1"}, SKETCH,
        {app("lifecycle", "stopSignal"): "SIGQUIT", ("os", "name"): "linux"}),
    Row("G08", {}, REVIEW, {app("lifecycle", "preStop", "sleep"): {"seconds": 5}}),
    # 1.25 x 100 MiB, rounded up to 16 MiB.
    Row("D01", memory("100Mi"), REVIEW, {app("resources", "limits", "memory"): "128Mi"}),
    Row("D03", memory("1Gi"), REVIEW, {app("resources", "limits", "memory"): "2048Mi"},
        {"peak_bytes": 1.6 * 2**30}),
    Row("B09", memory("400m"), REVIEW, {app("resources", "limits", "memory"): "400Mi"}),
    Row("B09", memory("5Mi"), SKETCH, {app("resources", "limits", "memory"): "64Mi"}),
    Row("E01", memory("1Gi"), REVIEW, {app("resources", "requests", "memory"): "304Mi"},
        {"used_bytes": 300.0 * 2**20}),
    Row("D04", memory("1Gi", args=JAVA), SKETCH,
        {app("args"): ["java", "-Xmx768m", "-jar", "a.jar"]}),
    Row("A13", memory("1Gi", image="openjdk:21"), SKETCH,
        {app("env", "JAVA_TOOL_OPTIONS"): {"value": "-XX:MaxRAMPercentage=75.0"}}),
    Row("A14", memory("200Mi"), SKETCH,
        {app("env", "NODE_OPTIONS"): {"value": "--max-old-space-size=120"}}),
    Row("D07", memory("1Gi"), SKETCH, {("volumes", "cache", "emptyDir", "sizeLimit"): "256Mi"},
        pod=TMPFS),
    Row("E03", {}, REVIEW, {("volumes", "v", "emptyDir", "sizeLimit"): "2Gi"},
        {"volume": "v", "limit": "1Gi"}),
    Row("E03", {}, REVIEW, {app("resources", "limits", "ephemeral-storage"): "400Mi"},
        {"limit": "200Mi"}),
    Row("A21", {}, SKETCH,
        {("volumes", "shared-memory"): {"emptyDir": {"medium": "Memory", "sizeLimit": "256Mi"}},
         app("volumeMounts", "/dev/shm"): {"name": "shared-memory"}},
        summary="could not resize shared memory segment"),
    Row("B15", {"image": "Registry.example/App:V1"}, SKETCH,
        {app("image"): "registry.example/app:V1"}),
    Row("B15", {"imagePullPolicy": "Never"}, REVIEW, {app("imagePullPolicy"): "IfNotPresent"},
        summary="ErrImageNeverPull"),
    Row("B08", {"imagePullPolicy": "Always"}, REVIEW, {app("imagePullPolicy"): "IfNotPresent"}),
    Row("B08", {}, SKETCH, {("imagePullSecrets", "registry-credentials"): {}},
        summary="pull access denied"),
    Row("B03", {}, REVIEW, {("nodeSelector", "kubernetes.io/arch"): "arm64"},
        {"architecture": "arm64"}),
    Row("B16", {}, REVIEW, {("nodeSelector", "kubernetes.io/os"): "windows"},
        {"operating_system": "linux"}),
    Row("A02", {}, SKETCH, {app("env", "DB_URL"): {"value": "VALUE"}}, {"variable": "DB_URL"}),
    Row("A10", {"image": "nginx:1"}, SKETCH, {app("command"): ["nginx", "-g", "daemon off;"]}),
    Row("A19", {}, REVIEW, {("securityContext", "sysctls"): SYSCTLS}, {"port": 80}),
    Row("A20", {"securityContext": {"runAsUser": 70}}, SKETCH, {("securityContext", "fsGroup"): 70},
        pod=CLAIM),
    Row("A20", READ_ONLY, SKETCH,
        {("volumes", "scratch"): {"emptyDir": {}},
         app("volumeMounts", "/var/cache/nginx"): {"name": "scratch"}},
        {"path": "/var/cache/nginx/client_temp"}, "read-only file system"),
    Row("B05", {}, SKETCH, {app("securityContext", "runAsUser"): 1000}),
    Row("F09", {"command": ["wait"]}, SKETCH, {app("command"): ["timeout", "300", "wait"]},
        {"running_seconds": 900.0}),
)  # fmt: skip
