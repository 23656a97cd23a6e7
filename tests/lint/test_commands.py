"""What rules read out of command lines: waits and their bounds, drains, migrations, servers."""

import msgspec
import pytest

from holdfast.cli.manifest_files import TextFile
from holdfast.lint.documents import objects_of
from holdfast.lint.drains import declared_drain
from holdfast.lint.migrations import migration_of, unlocked_migration
from holdfast.lint.pods import ContainerSubject, pods_of
from holdfast.lint.waits import waits_of
from holdfast.lint.world import World
from holdfast.sources.manifest_stream import Manifest, read_stream


def container(command: list[str], env: dict[str, str] | None = None) -> ContainerSubject:
    """The one container of a pod, with its command and variables."""
    spec = {
        "name": "app",
        "image": "registry.example.com/app:1.0.0",
        "command": command,
        "env": [{"name": name, "value": value} for name, value in (env or {}).items()],
    }
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
    file = TextFile("f", msgspec.json.encode({**pod, "spec": {"containers": [spec]}}).decode())
    (document,) = read_stream(file.text, file.name)
    assert isinstance(document, Manifest)
    (subject,) = objects_of(document)
    (found,) = pods_of(subject)
    return found.containers[0]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["sh", "-c", "until nc -z db 5432; do sleep 2; done"], [("db", "", None)]),
        (["timeout", "60", "sh", "-c", "until nc -z db 1; do sleep 1; done"], [("db", "", 60.0)]),
        (["sh", "-c", "timeout 2m sh -c 'until nc -z db 1; do sleep 1; done'"], [("db", "", 120)]),
        (["wait-for-it.sh", "db:5432", "-t", "90"], [("db", "", 90.0)]),
        (["./wait-for-it.sh", "db.data:5432", "--timeout=30", "--", "app"], [("db.data", "", 30)]),
        (["dockerize", "-wait", "tcp://db:5432", "-timeout", "45s"], [("db", "", 45.0)]),
        (["wait4x", "tcp", "db:5432", "-t", "2m"], [("db", "", 120.0)]),
        (["holdfast", "wait", "postgres://app@db:5432/shop", "-t", "5m"], [("db", "", 300.0)]),
        (["kubectl", "wait", "--for=condition=complete", "job/migrate"], [("", "migrate", None)]),
        (
            ["kubectl", "-n", "a", "wait", "--timeout=60s", "--for=condition=complete", "jobs/m"],
            [("", "m", 60.0)],
        ),
        (
            ["sh", "-c", "for i in $(seq 1 30); do nc -z db 5432 && exit 0; sleep 5; done; exit 1"],
            [("", "", 150.0)],
        ),
        (["gunicorn", "-b", "0.0.0.0:8000", "-t", "60", "shop.wsgi"], []),
        (["sh", "-c", "while true; do ./report; sleep 60; done"], []),
    ],
)
def test_waits(command: list[str], expected: list[tuple[str, str, float | None]]) -> None:
    """For whom, and for how long at most; what is no wait is none."""
    found = [(wait.host, wait.job, wait.seconds) for wait in waits_of(container(command))]

    assert found == expected


@pytest.mark.parametrize(
    ("command", "env", "expected"),
    [
        (["gunicorn", "--graceful-timeout", "40", "app"], {}, 40),
        (["gunicorn", "--graceful-timeout=40", "--timeout=90", "app"], {}, 40),
        (["uvicorn", "app:app", "--timeout-graceful-shutdown", "25"], {}, 25),
        (["granian", "--workers-kill-timeout", "10", "app:app"], {}, 10),
        (["sh", "-c", "exec gunicorn --graceful-timeout 40 app"], {}, 40),
        (["gunicorn", "app"], {"GUNICORN_CMD_ARGS": "--graceful-timeout=15"}, 15),
        (["./run"], {"SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE": "2m"}, 120),
        (["java", "-Dspring.lifecycle.timeout-per-shutdown-phase=35s", "-jar", "a.jar"], {}, 35),
        (["envoy", "--drain-time-s", "600"], {}, None),
        (["gunicorn", "--timeout", "40", "app"], {}, None),
    ],
)
def test_declared_drains(command: list[str], env: dict[str, str], expected: int | None) -> None:
    """What a server says of its own stop, and nothing that sounds alike."""
    drain = declared_drain(container(command, env), World())

    assert (drain.seconds if drain is not None else None) == expected


@pytest.mark.parametrize(
    ("text", "tool", "unlocked"),
    [
        ("alembic upgrade head", "alembic upgrade", True),
        ("python manage.py migrate --noinput", "manage.py migrate", True),
        ("php artisan migrate --force", "artisan migrate", True),
        ("php artisan migrate --isolated", "artisan migrate", False),
        ("npx prisma migrate deploy", "prisma migrate", False),
        ("flyway -url=jdbc:postgresql://a:b@db/a migrate", "flyway migrate", False),
        ("goose postgres postgres://a:b@db/a up", "goose up", True),
        ("flask db upgrade", "flask db upgrade", True),
        ("bundle exec rake db:migrate", "rake db:migrate", False),
        ("flock /lock alembic upgrade head", "alembic upgrade", False),
        ("python manage.py runserver", "", False),
        ("./migrate-docs.sh", "", False),
    ],
)  # fmt: skip
def test_migrations(text: str, tool: str, unlocked: bool) -> None:
    """Which tool changes the schema, and whether several of them would do so at once."""
    assert migration_of(text) == tool
    assert bool(unlocked_migration(container(text.split()))) is unlocked
