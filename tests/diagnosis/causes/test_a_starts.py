"""What programs write when their start fails, and which cause that must name (A02 to A10).

The lines are those that the real runtimes, drivers and servers print, with the names changed.
"""

import pytest
from tests.diagnosis.cases import best, case, judge, running, terminated

from holdfast.diagnosis.causes.a05_dependency_down import CAUSE as A05

TRACE = 'Traceback (most recent call last):\n  File "/app/main.py", line 12, in <module>\n'
JAVA = 'Exception in thread "main" '

# id, exit code, log of the ended life
FIRST = (
    ("A02", 1, TRACE + "    key = os.environ['API_KEY']\nKeyError: 'API_KEY'"),
    ("A02", 1, "2026/11/23 08:20:00 environment variable DATABASE_URL is not set"),
    ("A02", 1, "entrypoint.sh: line 3: DB_HOST: unbound variable"),
    ("A02", 2, "sh: 1: DB_HOST: parameter not set"),
    ("A02", 0, "Error: Missing required environment variable: STRIPE_SECRET_KEY"),
    (
        "A02",
        1,
        (
            "Error: Database is uninitialized and superuser password is not specified.\n"
            "       You must specify POSTGRES_PASSWORD to a non-empty value"
        ),
    ),
    ("A02", 2, "sh: 1: DB_HOST: not set"),
    ("A02", 1, 'main.rb:1:in `fetch\': key not found: "API_KEY" (KeyError)'),
    (
        "A02",
        1,
        (
            "pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings\n"
            "database_url\n  Field required [type=missing, input_value={}, input_type=dict]"
        ),
    ),
    ("A03", 1, "Error: yaml: line 14: did not find expected key"),
    ("A03", 1, TRACE + "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
    ("A03", 1, "SyntaxError: Unexpected token } in JSON at position 112"),
    (
        "A03",
        1,
        '2026/11/23 08:20:00 [emerg] 1#1: unknown directive "lisen" in /etc/nginx/nginx.conf:12',
    ),
    ("A03", 1, TRACE + "yaml.scanner.ScannerError: mapping values are not allowed here"),
    ("A03", 2, 'err="error loading config from \\"/etc/p.yml\\": yaml: unmarshal errors:"'),
    ("A03", 1, "open /etc/app/config.yaml: no such file or directory"),
    (
        "A04",
        1,
        JAVA + "java.nio.file.NoSuchFileException: /vault/token\n\tat Main.main(Main.java:3)",
    ),
    ("A05", 1, "2026/11/23 08:20:00 dial tcp 10.96.14.3:5432: connect: connection refused"),
    (
        "A05",
        1,
        (
            "failed to connect to `host=db user=app database=app`: dial error "
            "(dial tcp 10.96.14.3:5432: connect: connection refused)"
        ),
    ),
    (
        "A05",
        2,
        (
            "panic: dial tcp 10.96.14.3:5432: connect: connection refused\n\n"
            "goroutine 1 [running]:\nmain.main()\n\t/src/main.go:14 +0x1b"
        ),
    ),
    (
        "A05",
        1,
        TRACE + 'psycopg2.OperationalError: connection to server at "db" (10.96.14.3), port 5432 '
        "failed: Connection refused\n\tIs the server running on that host?",
    ),
    ("A05", 1, TRACE + "ConnectionRefusedError: [Errno 111] Connection refused"),
    (
        "A05",
        1,
        JAVA + "org.postgresql.util.PSQLException: Connection to db:5432 refused. Check that the "
        "hostname and port are correct.\nCaused by: java.net.ConnectException: Connection refused",
    ),
    (
        "A05",
        1,
        (
            "Error: connect ECONNREFUSED 10.96.14.3:5432\n"
            "    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)"
        ),
    ),
    (
        "A05",
        1,
        TRACE + "redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. "
        "Connection refused.",
    ),
    ("A05", 1, TRACE + "(2003, \"Can't connect to MySQL server on 'db' ([Errno 111] refused)\")"),
    ("A05", 1, "amqp: dial tcp 10.96.14.9:5672: connect: connection refused"),
    ("A05", 7, "curl: (7) Failed to connect to api port 8080 after 2 ms: Couldn't connect"),
    ("A06", 1, 'pq: password authentication failed for user "app"'),
    (
        "A06",
        1,
        TRACE + 'psycopg2.OperationalError: connection to server at "db" (10.96.14.3), port 5432 '
        'failed: FATAL:  password authentication failed for user "app"',
    ),
    ("A06", 1, "Error 1045 (28000): Access denied for user 'app'@'10.1.2.3' (using password: YES)"),
    ("A06", 1, TRACE + "redis.exceptions.AuthenticationError: WRONGPASS invalid username-password"),
    ("A06", 1, "NOAUTH Authentication required."),
    ("A06", 1, "MongoServerError: Authentication failed."),
    ("A06", 1, 'Exception (403) Reason: "username or password not allowed"'),
    ("A06", 1, "Error: ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN"),
    (
        "A06",
        1,
        (
            "failed to connect to `user=app database=app`: 10.96.14.3:5432 (db): failed SASL auth: "
            'FATAL: password authentication failed for user "app" (SQLSTATE 28P01)'
        ),
    ),
    (
        "A06",
        1,
        JAVA + "java.sql.SQLException: Access denied for user 'app'@'10.1.2.3' (using password: "
        "YES)\n\tat com.mysql.cj.jdbc.exceptions.SQLError.create(SQLError.java:129)",
    ),
    ("A06", 1, "MongoNetworkError: failed to connect to db:27017: Authentication failed."),
    (
        "A06",
        1,
        TRACE + "pymongo.errors.OperationFailure: Authentication failed., full error: {'ok': 0.0, "
        "'errmsg': 'Authentication failed.', 'code': 18, 'codeName': 'AuthenticationFailed'}",
    ),
    (
        "A07",
        1,
        (
            "failed to connect to `user=app database=shop`: 10.96.14.3:5432 (db): server error: "
            'FATAL: database "shop" does not exist (SQLSTATE 3D000)'
        ),
    ),
    ("A07", 1, 'pq: database "shop" does not exist'),
    ("A07", 1, "Error 1049 (42000): Unknown database 'shop'"),
    ("A07", 1, "TypeError: Invalid URL\n    at new URL (node:internal/url:797:36)"),
    ("A07", 1, "Get https://api:80: http: server gave HTTP response to HTTPS client"),
    ("A08", 1, "dial tcp: lookup db on 10.96.0.10:53: no such host"),
    ("A08", 1, "dial tcp: lookup db on 10.96.0.10:53: read udp: connection refused"),
    ("A08", 1, TRACE + "socket.gaierror: [Errno -2] Name or service not known"),
    (
        "A08",
        1,
        TRACE + 'psycopg2.OperationalError: could not translate host name "db" to address: '
        "Name or service not known",
    ),
    ("A08", 1, JAVA + "java.net.UnknownHostException: db\n\tat java.base/java.net.Inet.get(I:1)"),
    ("A08", 1, "Error: getaddrinfo ENOTFOUND db\n    at GetAddrInfoReqWrap (node:dns:107:26)"),
    ("A08", 6, "curl: (6) Could not resolve host: db"),
    (
        "A08",
        1,
        '2026/11/23 08:20:00 [emerg] 1#1: host not found in upstream "api" in /etc/nginx/a.conf:3',
    ),
    (
        "A08",
        1,
        TRACE + "pymongo.errors.ServerSelectionTimeoutError: db:27017: [Errno -2] Name or service "
        "not known, Timeout: 30s",
    ),
    (
        "A08",
        1,
        TRACE + "redis.exceptions.ConnectionError: Error -2 connecting to redis:6379. Name or "
        "service not known.",
    ),
    ("A08", 1, "MongoServerSelectionError: getaddrinfo ENOTFOUND db"),
    (
        "A08",
        1,
        (
            "failed to connect to `user=app database=app`: hostname resolving error: lookup db on "
            "10.96.0.10:53: no such host"
        ),
    ),
    ("A10", 0, "Starting example server in the background"),
    ("A10", 0, "daemonizing..."),
)

# id, exit code, log: ordinary lines that the cause must not lead on
NOT_FIRST = (
    ("A02", 1, TRACE + "KeyError: 'user'"),
    ("A02", 1, "INFO environment variable LOG_LEVEL found"),
    ("A03", 1, "INFO loaded config /etc/app.yaml\n" + TRACE + "ZeroDivisionError: division by 0"),
    ("A04", 1, "open /etc/app/config.yaml: no such file or directory"),
    ("A05", 1, "WARN redis: connection refused, retry 1\nINFO connected\n" + TRACE + "ValueError"),
    ("A05", 1, "dial tcp 10.96.0.1:443: connect: connection refused"),
    ("A06", 1, '10.1.2.3 - - "GET /login HTTP/1.1" 401 12\n' + TRACE + "ValueError: x"),
    ("A07", 1, TRACE + "ValueError: invalid literal for int() with base 10: 'x'"),
    ("A08", 1, "INFO host found\n" + TRACE + "LookupError: no such codec"),
    ("A09", 0, "Error: cannot read settings"),
    ("A09", 0, "received signal SIGTERM, shutting down"),
    ("A10", 0, "all 14 records written"),
)


@pytest.mark.parametrize(("cause", "code", "log"), FIRST)
def test_start_failure_is_named(cause: str, code: int, log: str) -> None:
    """What the runtime wrote names the cause, ahead of "an error of its own"."""
    assert best(case(last=terminated(code), log=log)) == cause


@pytest.mark.parametrize(("cause", "code", "log"), NOT_FIRST)
def test_ordinary_line_does_not_lead(cause: str, code: int, log: str) -> None:
    """Chatter and retries that succeeded do not take the place of the real end."""
    built = case(last=terminated(code), log=log)
    verdict = judge(cause, built)

    assert best(built) != cause or (verdict is not None and verdict.score < 20)


@pytest.mark.parametrize(
    ("log", "target"),
    [
        ("dial tcp 10.96.14.3:5432: connect: connection refused", "10.96.14.3:5432"),
        ("Error: connect ECONNREFUSED 10.96.14.3:5432", "10.96.14.3:5432"),
        (
            'connection to server at "db" (10.0.0.3), port 5432 failed: Connection refused',
            "db:5432",
        ),
        ("Connection to db:5432 refused. Check: Connection refused", "db:5432"),
        ("Error 111 connecting to redis:6379. Connection refused.", "redis:6379"),
        ("connect to amqp://app:hidden@mq:5672/: connection refused", "mq:5672"),
        (
            "E1123 08:20:30.1 1 main.go:81] store mongo-0.mongo:27017: connection refused",
            "mongo-0.mongo:27017",
        ),
        ("HTTPConnectionPool(host='pay', port=80): Max retries: Connection refused", "pay:80"),
    ],
)
def test_target_of_a_refused_connection_is_named(log: str, target: str) -> None:
    """The summary names host and port, whatever the driver's form, and never a password."""
    verdict = judge(A05.id, case(last=terminated(1), log=log))

    assert verdict is not None
    assert verdict.parameters["target"] == target
    assert "hidden" not in verdict.summary


def test_missing_file_at_birth_is_a_race() -> None:
    """A file on a shared volume that comes a moment later explains one to three restarts."""
    volume = {"name": "secrets", "emptyDir": {}}
    mount = {"name": "secrets", "mountPath": "/vault/secrets"}
    told = "open /vault/secrets/db.env: no such file or directory"
    built = case(
        container={"volumeMounts": [mount]},
        spec={"volumes": [volume]},
        metadata={"creationTimestamp": "2026-11-23T08:19:50Z"},
        state=running("2026-11-23T08:20:20Z"),
        last=terminated(1, finished="2026-11-23T08:20:05Z"),
        restarts=2,
        log=told,
        ready=True,
    )

    assert best(built) == "A04"


@pytest.mark.parametrize("policy", ["OnFailure", "Never"])
def test_completion_is_a_fault_only_under_always(policy: str) -> None:
    """A success under another policy, of an init container or a Job is none."""
    assert judge("A09", case(last=terminated(0), spec={"restartPolicy": policy})) is None
    assert judge("A09", case(last=terminated(0), init=True)) is None
    assert best(case(last=terminated(0), log="done, 14 records")) == "A09"
