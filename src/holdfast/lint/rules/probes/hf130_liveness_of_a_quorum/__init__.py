"""Members of a quorum have a liveness probe that kills within a minute.

What happens
------------
A fault that all members feel (a slow disk, a partition, a long election) makes all of them answer
late. Liveness then restarts the majority, and what was left of the quorum is gone.

Why it hurts
------------
An election of seconds becomes an outage of minutes, with a full resync after it.

How we know
-----------
A StatefulSet of three or more replicas whose image is etcd, ZooKeeper, Kafka, RabbitMQ,
Elasticsearch, Consul, NATS or the like, and a liveness probe that kills within 60 s.

What else it could be
---------------------
An endpoint that only fails when the process is beyond help.

Fix
---
A failureThreshold with which it takes a minute or longer; readiness alone where the program ends by
itself.

When the fix is wrong
---------------------
Where a member that hangs harms the others.

References
----------
docs/specs/rules.md HF130, docs/specs/causes.md C12.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.questions import falls_silent
from holdfast.lint.values import patience
from holdfast.model.container import Probe
from holdfast.model.image_reference import parse_reference
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF130",
    "liveness may restart a majority of a quorum at once",
    Severity.INFO,
    Confidence.LIKELY,
    prevents=(
        "C04",
        "C12",
    ),
    audience=Audience.PEDANTIC,
)


_QUORUM = frozenset(
    {"etcd", "zookeeper", "kafka", "cp-kafka", "rabbitmq", "elasticsearch", "opensearch", "consul",
     "nats", "cockroach", "mongo", "mongodb", "redpanda", "vault"}
)  # fmt: skip
_LEAST_SECONDS = 60


def check_liveness(container: ContainerSubject, probe: Probe) -> Iterator[Problem]:
    """A quick liveness probe of a member of a quorum."""
    pod, name = container.pod, parse_reference(container.spec.image).name
    if pod.kind != "StatefulSet" or pod.replicas < 3 or name not in _QUORUM:
        return
    seconds = patience(probe)
    if seconds < _LEAST_SECONDS:
        yield container.problem(
            f"a fault that {pod.replicas} members of {name} feel for {seconds} s restarts all of "
            "them",
            "livenessProbe",
            fix=Fix(f"a failureThreshold with which it takes {_LEAST_SECONDS} s or longer"),
            replay=falls_silent(container, probe),
        )
