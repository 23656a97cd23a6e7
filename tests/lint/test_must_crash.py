"""A manifest with eight planted hazards, several of which crash for certain (rules.md 18.1).

Ten other tools find one of them in one case, and a false positive: two ports with different names.
"""

from holdfast.cli.inspect_files import Wanted, inspect
from holdfast.cli.manifest_files import TextFile
from holdfast.model.hazard import HazardReplay

MANIFEST = """\
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: prod}
spec:
  selector: {app: shop}
  ports: [{port: 80, targetPort: http}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: prod}
spec:
  replicas: 3
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      terminationGracePeriodSeconds: 5
      initContainers:
        - name: wait
          image: busybox
          command: [sh, -c, "until nc -z db 5432; do sleep 1; done"]
      containers:
        - name: shop
          image: registry.example.com/shop:1.2.3-dev
          command: [sh, -c, "java $JAVA_OPTS -jar shop.jar"]
          env:
            - {name: JAVA_OPTS, value: -Xmx4g}
            - {name: GOMEMLIMIT, value: 2GiB}
          ports:
            - {name: http, containerPort: 8080}
            - {name: admin, containerPort: 9090}
          startupProbe:
            httpGet: {path: /healthz, port: 8081}
            periodSeconds: 1
            failureThreshold: 2
          livenessProbe:
            httpGet: {path: /health/db, port: admin}
            periodSeconds: 1
            timeoutSeconds: 5
            failureThreshold: 1
          readinessProbe:
            httpGet: {path: /health/db, port: http}
          lifecycle:
            preStop: {exec: {command: [sleep, "30"]}}
          resources:
            limits: {memory: 512Mi, cpu: 200m}
"""
PLANTED = {
    "HF104": "the startup budget of 1 s",
    "HF115": "the startup probe's undeclared port",
    "HF106": "liveness with one failure",
    "HF109": "a timeout longer than the period",
    "HF112": "liveness that asks the database",
    "HF201": "preStop longer than the grace period",
    "HF304": "a heap above the limit",
    "HF309": "GOMEMLIMIT above the limit",
    "HF207": "a shell that may stay",
    "HF701": "a wait without an end",
    "HF702": "nc without a time limit",
    "HF501": "an init image without a tag",
    "HF504": "a tag of development in production",
}


def test_every_planted_hazard_is_found() -> None:
    """Each hazard is reported, and the two probes on different ports are not taken for one."""
    inspection = inspect([TextFile("shop.yaml", MANIFEST)], Wanted())
    found = {hazard.rule.id for hazard in inspection.hazards}

    assert set(PLANTED) - found == set()
    assert "HF108" not in found


def test_what_must_crash_is_replayed() -> None:
    """The budget of the start is no opinion: the pod is killed before it has started."""
    inspection = inspect([TextFile("shop.yaml", MANIFEST)], Wanted(only=frozenset({"HF104"})))
    replayed = inspection.hazards[0].replayed

    assert isinstance(replayed, HazardReplay)
    assert replayed.first_end is not None
    assert replayed.first_end < 10
    assert replayed.restarts_before > 3
