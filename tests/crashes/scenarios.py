"""Real crashes: which program is run how, what it ends with, and which cause is right.

`cause` and `needle` were written before the programs ran: the id of causes.md 8, and a part of the
line that a person would point at.
"""

from typing import NamedTuple


class Scenario(NamedTuple):
    """One program and its truth.

    `run` are words of a shell command, with {programs} for the sources, {work} for a fresh
    directory and {python} for an interpreter with the drivers; `build` is run before it.
    `terminate_after` sends SIGTERM to the program, as PID 1 of its own namespace, after so many
    seconds. `user` runs it without root.
    """

    name: str
    cause: str
    needle: str
    run: str
    build: str = ""
    terminate_after: float = 0.0
    user: bool = False
    uses: tuple[str, ...] = ()


def _go(name: str, cause: str, needle: str, terminate_after: float = 0.0) -> Scenario:
    return Scenario(
        f"go-{name.replace('_', '-')}",
        cause,
        needle,
        "{work}/program",
        f"go build -o {{work}}/program {{programs}}/go/{name}.go",
        terminate_after,
        uses=("go",),
    )


def _python(name: str, cause: str, needle: str, run: str = "") -> Scenario:
    command = run or f"{{python}} {{programs}}/python/{name}.py"
    return Scenario(f"python-{name.replace('_', '-')}", cause, needle, command, uses=("python3",))


def _java(name: str, class_name: str, cause: str, needle: str, flags: str) -> Scenario:
    return Scenario(
        f"java-{name}",
        cause,
        needle,
        f"java {flags} -cp {{work}} {class_name}",
        f"javac -d {{work}} {{programs}}/java/{class_name}.java",
        uses=("java", "javac"),
    )


def _node(name: str, cause: str, needle: str, flags: str = "") -> Scenario:
    run = f"node {flags} {{programs}}/node/{name}.js"
    return Scenario(f"node-{name.replace('_', '-')}", cause, needle, run, uses=("node",))


SCENARIOS = (
    _go("panic", "A11", "index out of range"),
    _go("nil_map", "A11", "assignment to entry in nil map"),
    _go("deadlock", "A11", "all goroutines are asleep"),
    _go("no_sigterm_handler", "A12", "", terminate_after=1.0),
    _go("database_refused", "A05", "connection refused"),
    _go("unknown_host", "A08", "no such host"),
    _go("port_in_use", "A18", "address already in use"),
    _python("traceback_error", "A01", "Traceback"),
    _python(
        "memory_error", "A13", "MemoryError",
        "prlimit --as=1073741824 {python} {programs}/python/memory_error.py",
    ),
    _python("missing_module", "A33", "No module named"),
    _python("missing_variable", "A02", "DATABASE_URL"),
    _python("address_in_use", "A18", "Address already in use"),
    _python("unknown_host", "A08", "Name or service not known"),
    _python("database_refused", "A05", "Connection refused"),
    Scenario(
        "python-bad-password", "A06", "password authentication failed",
        "{python} {programs}/python/bad_password.py {postgres}",
        uses=("python3", "postgres"),
    ),
    Scenario(
        "python-permission-denied", "A20", "Permission denied",
        "/usr/bin/python3 {programs}/python/permission_denied.py /etc/holdfast-state",
        user=True, uses=("python3",),
    ),
    _java("heap-full", "HeapFull", "A13", "Java heap space", "-Xmx16m"),
    _java(
        "metaspace-full", "MetaspaceFull", "A13", "Metaspace",
        "-XX:MaxMetaspaceSize=12m -XX:-UseCompressedClassPointers",
    ),
    Scenario(
        "java-threads-full", "A26", "unable to create native thread",
        "prlimit --nproc=400 java -Xss512k -XX:+UseSerialGC -cp {work} ThreadsFull",
        "javac -d {work} {programs}/java/ThreadsFull.java",
        user=True, uses=("java", "javac"),
    ),
    Scenario("java-bad-option", "A30", "Unrecognized", "java -XX:+UseFasterGC -version",
             uses=("java",)),
    _java("port-in-use", "PortInUse", "A18", "Address already in use", ""),
    _node("heap_limit", "A14", "heap", "--max-old-space-size=20"),
    _node("unhandled_rejection", "A01", "price list has no currency"),
    _node("missing_module", "A33", "Cannot find module"),
    _node("port_in_use", "A18", "EADDRINUSE"),
    _node("database_refused", "A05", "ECONNREFUSED"),
    Scenario(
        "native-missing-library", "A34", "error while loading shared libraries",
        "{work}/program",
        "cd {work} && gcc -shared -fPIC -o libprice.so {programs}/native/library.c && "
        "gcc -o program {programs}/native/needs_library.c -L. -lprice && rm libprice.so",
        uses=("gcc",),
    ),
    Scenario(
        "native-segfault", "A15", "Segmentation fault",
        "sh -c '{work}/program; exit $?'",
        "gcc -o {work}/program {programs}/native/segfault.c",
        uses=("gcc",),
    ),
    Scenario(
        "native-exec-format", "B03", "Exec format error",
        "sh -c {work}/program",
        "GOARCH=arm64 CGO_ENABLED=0 go build -o {work}/program {programs}/go/panic.go",
        uses=("go",),
    ),
    Scenario(
        "shell-carriage-returns", "A35", "required file not found",
        "bash -c {work}/start.sh",
        "printf '#!/bin/bash\\r\\necho started\\r\\n' > {work}/start.sh && "
        "chmod +x {work}/start.sh",
    ),
    Scenario("shell-command-not-found", "B01", "not found", "sh -c 'orders-server --port 8080'"),
    Scenario(
        "shell-not-executable", "B02", "Permission denied", "sh -c {work}/start.sh",
        "printf '#!/bin/sh\\necho started\\n' > {work}/start.sh && chmod 644 {work}/start.sh",
    ),
    Scenario(
        "shell-read-only", "A20", "Read-only file system",
        "unshare --mount sh -c 'mount -t tmpfs -o ro none {work} && "
        "sh {programs}/shell/read_only.sh {work}'",
    ),
    Scenario(
        "nginx-unknown-upstream", "A08", "host not found in upstream",
        "nginx -p {work} -e stderr -c {programs}/nginx/unknown_upstream.conf",
        uses=("nginx",),
    ),
    Scenario(
        "nginx-port-in-use", "A18", "Address already in use",
        "nginx -p {work} -e stderr -c {programs}/nginx/port_in_use.conf",
        uses=("nginx", "psql", "postgres"),
    ),
    Scenario(
        "nginx-unknown-directive", "A03", "unknown directive",
        "nginx -p {work} -e stderr -c {programs}/nginx/unknown_directive.conf",
        uses=("nginx",),
    ),
    Scenario("ruby-missing-gem", "A33", "cannot load such file",
             "ruby {programs}/ruby/missing_gem.rb", uses=("ruby",)),
    Scenario("ruby-uncaught", "A01", "undefined method",
             "ruby {programs}/ruby/uncaught.rb", uses=("ruby",)),
    Scenario("php-memory-limit", "A13", "Allowed memory size",
             "php -d memory_limit=8M {programs}/php/memory_limit.php", uses=("php",)),
    Scenario("curl-unknown-host", "A08", "Could not resolve host",
             "curl --fail --show-error --silent http://orders.invalid/", uses=("curl",)),
    Scenario("psql-bad-password", "A06", "password authentication failed",
             "env PGPASSWORD=wrong psql -h 127.0.0.1 -p {postgres} -U postgres -c 'select 1'",
             uses=("psql", "postgres")),
)  # fmt: skip
