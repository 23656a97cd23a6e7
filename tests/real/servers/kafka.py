"""A Kafka broker: one node in KRaft mode from Maven Central, or librdkafka's mock cluster.

The mock speaks the wire protocol and knows no passwords; tests of credentials need the real one.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.programs import need, need_driver
from tests.real.servers.server import SECRET, Server, workplace

_POM = Path(__file__).with_name("kafka.pom.xml")
_CLUSTER = "MkU3OEVBNTcwNTJENDM2Qk"
_MAVEN_SECONDS = 300
_PROTOCOLS = "PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT"
_JAAS = "org.apache.kafka.common.security.plain.PlainLoginModule required"


@contextmanager
def server() -> Iterator[Server]:
    """One node with a plain listener and one for SASL (PLAIN)."""
    java = need("java", "default-jre-headless")
    with workplace() as directory:
        classpath = _classpath(directory)
        places = [f"{LOOPBACK}:{free_port()}" for _ in range(3)]
        running = Server(
            url=f"kafka://{places[0]}",
            login=f"kafka://app:{SECRET}@{places[1]}",
            missing="",
        )
        settings = directory / "server.properties"
        settings.write_text(_settings(directory, *places))
        run = [java, "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", classpath]
        subprocess.run(
            [*run, "kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", settings],
            check=True,
            capture_output=True,
        )
        running.run([*run, "kafka.Kafka", str(settings)], directory)
        try:
            running.until_up(directory / "output.log")
            yield running
        finally:
            running.stop()


@contextmanager
def mock(brokers: int) -> Iterator[str]:
    """The URL of a mock cluster with so many brokers."""
    need_driver("confluent_kafka")
    from confluent_kafka import Producer

    producer = Producer({"test.mock.num.brokers": brokers, "bootstrap.servers": "x"})
    known = producer.list_topics(timeout=10).brokers.values()
    yield "kafka://" + ",".join(f"{broker.host}:{broker.port}" for broker in known)
    producer.flush(1)


def _classpath(directory: Path) -> str:
    maven = shutil.which("mvn")
    if maven is None:
        need("mvn", "maven")
    target = directory / "classpath"
    goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.0:build-classpath"
    found = subprocess.run(
        [str(maven), "-q", "-B", "-f", _POM, goal, f"-Dmdep.outputFile={target}"],
        capture_output=True,
        check=False,
        text=True,
        timeout=_MAVEN_SECONDS,
    )
    if found.returncode or not target.exists():
        pytest.skip(f"Maven Central does not give the broker: {found.stdout[-300:]}")
    return target.read_text()


def _settings(directory: Path, plain: str, sasl: str, controller: str) -> str:
    """server.properties of one node that is broker and controller."""
    return "\n".join(
        (
            "process.roles=broker,controller",
            "node.id=1",
            f"controller.quorum.voters=1@{controller}",
            f"listeners=PLAINTEXT://{plain},SASL_PLAINTEXT://{sasl},CONTROLLER://{controller}",
            f"advertised.listeners=PLAINTEXT://{plain},SASL_PLAINTEXT://{sasl}",
            f"listener.security.protocol.map={_PROTOCOLS}",
            "controller.listener.names=CONTROLLER",
            "sasl.enabled.mechanisms=PLAIN",
            f'listener.name.sasl_plaintext.plain.sasl.jaas.config={_JAAS} user_app="{SECRET}";',
            f"log.dirs={directory}/data",
            "offsets.topic.replication.factor=1",
        )
    )
