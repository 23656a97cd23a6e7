"""What programs write when they end later, and which cause that must name (A11 to A37).

The lines are those that the real runtimes, loaders and servers print, with the names changed.
"""

import pytest
from tests.diagnosis.cases import best, case, event, judge, terminated

TRACE = 'Traceback (most recent call last):\n  File "/app/main.py", line 12, in <module>\n'
JAVA = 'Exception in thread "main" '
NODE = "node:internal/modules/cjs/loader:1143\n  throw err;\n  ^\n\n"
DUMP = "\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:14 +0x1b"

# id, exit code, log of the ended life
FIRST = (
    ("A11", 2, "panic: assignment to entry in nil map" + DUMP),
    ("A11", 2, "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:"),
    (
        "A11",
        2,
        "panic: runtime error: invalid memory address or nil pointer dereference\n"
        "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48]" + DUMP,
    ),
    ("A11", 2, "dial db: connection refused, retry\nconnected\npanic: index out of range" + DUMP),
    ("A13", 1, JAVA + "java.lang.OutOfMemoryError: Java heap space\n\tat Main.main(Main.java:7)"),
    ("A13", 1, JAVA + "java.lang.OutOfMemoryError: Metaspace"),
    ("A13", 3, "Terminating due to java.lang.OutOfMemoryError: Java heap space"),
    ("A13", 1, TRACE + "MemoryError"),
    ("A13", 255, "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted"),
    (
        "A14",
        134,
        (
            "<--- Last few GCs --->\nFATAL ERROR: Reached heap limit Allocation failed - "
            "JavaScript heap out of memory\n----- Native stack trace -----"
        ),
    ),
    ("A15", 139, "Segmentation fault (core dumped)"),
    ("A15", 139, ""),
    ("A15", 134, "# A fatal error has been detected by the Java Runtime Environment:\n# SIGSEGV"),
    ("A15", 134, "double free or corruption (out)\nAborted"),
    ("A16", 255, "F1123 08:20:30.1 1 main.go:81] leaderelection lost"),
    ("A16", 1, 'E1123 lock is lost\n"problem running manager" err="leader election lost"'),
    ("A17", 1, "Get https://vault:8200: x509: certificate signed by unknown authority"),
    (
        "A17",
        1,
        (
            "x509: certificate has expired or is not yet valid: current time 2026-11-23T08:20:00Z "
            "is after 2026-11-01T00:00:00Z"
        ),
    ),
    ("A17", 1, TRACE + "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] expired"),
    ("A17", 1, JAVA + "javax.net.ssl.SSLHandshakeException: PKIX path building failed: no path"),
    ("A18", 1, "listen tcp :8080: bind: address already in use"),
    ("A18", 1, TRACE + "OSError: [Errno 98] Address already in use"),
    ("A18", 1, JAVA + "java.net.BindException: Address already in use"),
    ("A18", 1, "Error: listen EADDRINUSE: address already in use :::8080"),
    ("A18", 1, "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)"),
    ("A18", 1, "Web server failed to start. Port 8080 was already in use."),
    (
        "A18",
        1,
        (
            '2026-11-24 14:41:25.391 UTC [48] LOG:  could not bind IPv4 address "0.0.0.0": Address '
            "already in use\n2026-11-24 14:41:25.391 UTC [48] HINT:  Is another postmaster already "
            "running on port 5432? If not, wait a few seconds and retry."
        ),
    ),
    ("A19", 1, "listen tcp :80: bind: permission denied"),
    ("A19", 1, "nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)"),
    ("A20", 1, TRACE + "PermissionError: [Errno 13] Permission denied: '/data/app.db'"),
    ("A20", 1, "Error: EACCES: permission denied, open '/data/app.db'"),
    ("A20", 1, "Error: EROFS: read-only file system, open '/app/tmp.txt'"),
    ("A20", 1, 'nginx: [emerg] mkdir() "/var/cache/c" failed (30: Read-only file system)'),
    ("A20", 1, "open /data/app.db: permission denied"),
    ("A20", 1, TRACE + "OSError: [Errno 30] Read-only file system: '/app/x'"),
    ("A20", 1, "chown: changing ownership of '/data': Operation not permitted"),
    ("A21", 1, "write /data/wal/0001: no space left on device"),
    ("A21", 1, TRACE + "OSError: [Errno 28] No space left on device"),
    ("A21", 1, 'PANIC:  could not write to file "pg_wal/x": No space left on device'),
    ("A22", 1, 'FATAL:  lock file "postmaster.pid" already exists'),
    ("A22", 1, "opening storage failed: lock DB directory: resource temporarily unavailable"),
    ("A23", 1, "error: Dirty database version 14. Fix and force version."),
    ("A23", 1, TRACE + "alembic.util.exc.CommandError: Can't locate revision identified by '1a'"),
    ("A24", 1, "FATAL license has expired on 2026-11-01"),
    ("A25", 0, "Maximum requests reached, exiting"),
    ("A25", 0, "watchdog: no progress for 300 s, exiting"),
    (
        "A26",
        1,
        "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory",
    ),
    ("A26", 1, TRACE + "RuntimeError: can't start new thread"),
    ("A26", 254, "sh: fork: Resource temporarily unavailable"),
    ("A27", 1, "accept tcp [::]:8080: accept4: too many open files"),
    ("A28", 1, "x509: certificate has expired or is not yet valid: current time is before"),
    ("A29", 1, "Get https://10.96.0.1:443/version: dial tcp 10.96.0.1:443: i/o timeout"),
    (
        "A29",
        1,
        'pods is forbidden: User "system:serviceaccount:shop:default" cannot list resource "pods"',
    ),
    ("A30", 2, "flag provided but not defined: -colour\nUsage of /app:\n  -color string"),
    (
        "A30",
        1,
        "Unrecognized VM option 'UseFoo'\nError: Could not create the Java Virtual Machine.",
    ),
    ("A30", 1, "Error occurred during initialization of VM\nToo small maximum heap"),
    ("A30", 2, "usage: app [-h]\napp: error: unrecognized arguments: --fast"),
    ("A31", 1, "gave up: worker entered FATAL state, too many start retries too quickly"),
    ("A32", 1, TRACE + "RuntimeError: Found no NVIDIA driver on your system."),
    ("A33", 1, TRACE + "ModuleNotFoundError: No module named 'flask'"),
    ("A33", 1, NODE + "Error: Cannot find module 'express'\n  code: 'MODULE_NOT_FOUND'"),
    ("A33", 3, "[1] [ERROR] Worker failed to boot."),
    (
        "A34",
        127,
        (
            "./app: error while loading shared libraries: libpq.so.5: cannot open shared object "
            "file: No such file or directory"
        ),
    ),
    ("A34", 1, "./app: /lib/libc.so.6: version `GLIBC_2.34' not found (required by ./app)"),
    ("A35", 126, "/bin/sh^M: bad interpreter: No such file or directory"),
    ("A35", 2, "sh: 1: Syntax error: Unterminated quoted string"),
    ("A35", 1, "exec /app/start.sh: exec format error"),
    (
        "A36",
        1,
        (
            "FATAL:  database files are incompatible with server\n"
            "DETAIL:  The data directory was initialized by PostgreSQL version 14."
        ),
    ),
    ("A36", 1, "Can't handle RDB format version 11"),
    ("A37", 1, "2026/11/23 08:20:00 unknown time zone Europe/Berlin"),
    ("A37", 1, TRACE + "locale.Error: unsupported locale setting"),
)

# id, exit code, log: what must not be taken for the cause
NOT_FIRST = (
    ("A11", 1, "http: panic serving 10.1.2.3:4312: boom\n" + TRACE + "ValueError: x"),
    ("A12", 2, "panic: boom" + DUMP),
    ("A13", 137, "WARN heap 92 % used"),
    ("A14", 134, "GC heap 92 % used"),
    ("A15", 2, "[signal SIGSEGV: segmentation violation code=0x1]\npanic: nil" + DUMP),
    ("A16", 1, "successfully acquired lease\nI1123 new leader elected, stopped leading by other"),
    ("A17", 1, "INFO x509 certificate loaded\n" + TRACE + "ValueError: x"),
    ("A18", 1, "INFO listening on port 8080\n" + TRACE + "ValueError: address"),
    ("A19", 1, "open /data/x: permission denied"),
    ("A20", 1, "listen tcp :80: bind: permission denied"),
    ("A21", 1, "INFO 14 GiB space left on device\n" + TRACE + "ValueError: x"),
    ("A22", 1, "INFO acquired lock\n" + TRACE + "ValueError: x"),
    ("A23", 1, "migrations: 14 applied, 0 failed\n" + TRACE + "ValueError: x"),
    ("A24", 1, "INFO license valid until 2027\n" + TRACE + "ValueError: x"),
    ("A25", 1, "INFO max_requests=1000\n" + TRACE + "ValueError: x"),
    ("A26", 1, "INFO thread pool of 8\n" + TRACE + "ValueError: x"),
    ("A27", 1, "INFO 14 open files\n" + TRACE + "ValueError: x"),
    ("A28", 1, "x509: certificate signed by unknown authority"),
    ("A29", 1, "dial tcp 10.96.14.3:5432: connect: connection refused"),
    ("A30", 2, "panic: boom" + DUMP),
    ("A31", 1, "INFO worker 3 exited with code 0\n" + TRACE + "ValueError: x"),
    ("A32", 1, "INFO cuda available\n" + TRACE + "ValueError: x"),
    ("A33", 1, TRACE + "ValueError: module"),
    ("A34", 1, "open /etc/app.so.conf: no such file or directory"),
    ("A35", 1, "exec /app/server: exec format error"),
    ("A36", 1, "INFO data version 14 ok\n" + TRACE + "ValueError: x"),
    ("A37", 1, "INFO time zone UTC\n" + TRACE + "ValueError: x"),
)


@pytest.mark.parametrize(("cause", "code", "log"), FIRST)
def test_end_is_named(cause: str, code: int, log: str) -> None:
    """What the runtime wrote names the cause, ahead of "an error of its own"."""
    assert best(case(last=terminated(code), log=log)) == cause


@pytest.mark.parametrize(("cause", "code", "log"), NOT_FIRST)
def test_lookalike_does_not_lead(cause: str, code: int, log: str) -> None:
    """Ordinary lines, and the words of another cause, are not taken for this one."""
    assert best(case(last=terminated(code), log=log)) != cause


@pytest.mark.parametrize("cause", [f"A{number:02}" for number in range(1, 38)])
def test_a_bare_case_raises_nothing(cause: str) -> None:
    """Without status, times, events and logs a cause declines or speaks, and never raises."""
    built = case(state={}, last={"terminated": {"exitCode": 1}}, restarts=0)
    verdict = judge(cause, built)

    assert verdict is None or verdict.cause == cause


def test_go_stopped_by_probe_without_dump() -> None:
    """Exit 2 without a dump is a SIGTERM nobody handled, and leads to its sender, not a panic."""
    killing = event(
        "Killing", "Container app failed liveness probe, will be restarted", type="Normal"
    )
    built = case(
        last=terminated(2), log="2026/11/23 08:20:01 listening on :8080", events=(killing,)
    )
    verdict = judge("A12", built)

    assert verdict is not None
    assert verdict.leads_to[0].startswith("C")
    assert judge("A11", built) is None


def test_killing_event_contradicts_an_end_of_its_own() -> None:
    """When the kubelet says that it stopped the container, the log's last error did not end it."""
    killing = event(
        "Killing", "Container app failed liveness probe, will be restarted", type="Normal"
    )
    log = "dial tcp 10.96.14.3:5432: connect: connection refused"

    probe = {"livenessProbe": {"httpGet": {"port": 8080, "path": "/healthz"}}}
    built = case(container=probe, last=terminated(1), log=log, events=(killing,))
    verdict = judge("A05", built)

    assert best(built).startswith("C")
    assert verdict is not None
    assert verdict.score < 0


def test_out_of_memory_kill_is_not_a_full_heap() -> None:
    """OOMKilled with an old heap text in the log stays with the kernel's own word."""
    built = case(last=terminated(137, "OOMKilled"), log="java.lang.OutOfMemoryError: Metaspace")
    verdict = judge("A13", built)

    assert verdict is not None
    assert verdict.evidence_against
    assert verdict.score <= 0


def test_go_exit_2_without_stop_stays_weak() -> None:
    """Nothing tells of a stop: the claim is made, names what would decide, and stays weak."""
    built = case(last=terminated(2), log="2026/11/23 08:20:01 listening on :8080")
    verdict = judge("A12", built)

    assert verdict is not None
    assert verdict.would_decide
    assert verdict.score < 20


def test_exit_2_of_another_runtime_is_no_sigterm() -> None:
    """Exit 2 means nothing for a program that is not known to be written in Go."""
    assert judge("A12", case(last=terminated(2), log="listening on :8080")) is None


def test_error_after_chatter_wins() -> None:
    """A refused connection that was retried does not explain a trace that begins after it."""
    log = "connection refused to db:5432, retry\n" + TRACE + "ZeroDivisionError: division by zero"

    assert best(case(last=terminated(1), log=log)) == "A01"


def test_chained_trace_keeps_its_root() -> None:
    """The second trace of a chain tells what the first one led to; the first is the root."""
    chain = "\nThe above exception was the direct cause of the following exception:\n\n"
    log = TRACE + "ConnectionRefusedError: [Errno 111]" + chain + TRACE + "StartupError: no store"

    assert best(case(last=terminated(1), log=log)) == "A05"


def test_lease_leads_to_the_api_server() -> None:
    """A lost lease is a victim: the chain goes on to the API server."""
    log = (
        "E1123 Get https://10.96.0.1:443/apis: dial tcp 10.96.0.1:443: connect: connection refused"
    )
    built = case(
        last=terminated(1), log=f"{log}\nF1123 08:20:30.1 1 main.go:8] leaderelection lost"
    )
    verdict = judge("A16", built)

    assert verdict is not None
    assert verdict.leads_to == ("A29",)
    assert best(built) == "A16"


def test_changed_file_goes_before_the_lost_lease() -> None:
    """A process that restarts itself for a changed file loses its lease as the last thing."""
    log = "observed file change, restart triggered because of file /a/tls.crt\nleaderelection lost"

    assert best(case(last=terminated(0), log=log)) == "F03"


@pytest.mark.parametrize(
    ("cause", "log", "port"),
    [
        ("A18", "2026/11/23 08:20:00 listen tcp :8080: bind: address already in use", 8080),
        ("A18", "Error: listen EADDRINUSE: address already in use :::8080", 8080),
        ("A18", "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)", 80),
        ("A18", "Web server failed to start. Port 8080 was already in use.", 8080),
        ("A19", "2026/11/23 08:20:00 listen tcp :80: bind: permission denied", 80),
    ],
)
def test_port_is_named(cause: str, log: str, port: int) -> None:
    """The port is that of the text, not a part of the time before it."""
    verdict = judge(cause, case(last=terminated(1), log=log))

    assert verdict is not None
    assert verdict.parameters["port"] == port
