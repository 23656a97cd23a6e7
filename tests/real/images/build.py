"""Builds images with buildah, in a store of the test's own, from a Dockerfile and real programs."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.real.programs import need

DOCKERFILE = """\
FROM scratch AS build
COPY root/ /
RUN mkdir -p /var/cache/apk && cat /bin/busybox > /var/cache/apk/index
RUN rm -r /var/cache/apk
COPY server /app/server
RUN chmod 700 /app/server
STOPSIGNAL SIGQUIT
ENTRYPOINT /app/server | cat
CMD ["--port", "80"]

FROM scratch AS final
COPY --from=build /app/server /server
USER 65532
ENTRYPOINT ["/server"]
"""
_MAIN = 'package main\n\nimport "time"\n\nfunc main() { time.Sleep(time.Hour) }\n'
_WITH_C = _MAIN.replace('import "time"', 'import "C"\nimport "time"')


class Buildah:
    """A store below a directory."""

    def __init__(self, root: Path) -> None:
        """`root` also holds the context of builds, with a Go program and busybox."""
        if os.geteuid() != 0:
            pytest.skip("needs root: sudo .venv/bin/pytest tests/real/test_images.py")
        self.context = root / "context"
        self._program = need("buildah", "buildah")
        self._store = root / "store"
        binaries = self.context / "root" / "bin"
        binaries.mkdir(parents=True)
        busybox = need("busybox", "busybox-static")
        shutil.copy(busybox, binaries / "busybox")
        for library in _libraries(busybox):
            copy = self.context / "root" / library[1:]
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, copy)
        for name in ("sh", "cat", "chmod", "mkdir", "rm"):
            (binaries / name).symlink_to("busybox")
        (self.context / "Dockerfile").write_text(DOCKERFILE)
        build_go(self.context / "server", "1.21")

    def build(self, target: str) -> None:
        """Build a stage under its own name, in the form that keeps all of a Dockerfile."""
        self._run(
            "bud", "--isolation", "chroot", "--layers", "--format", "docker", "--target", target,
            "--tag", f"example.com/{target}:1.4.2", str(self.context),
        )  # fmt: skip

    def save(self, image: str, to: str) -> None:
        """Write an image, to a transport of containers-transports(5)."""
        self._run("push", f"example.com/{image}:1.4.2", to)

    def _run(self, command: str, *arguments: str) -> None:
        store = ("--root", str(self._store / "root"), "--runroot", str(self._store / "run"))
        run(self._program, *store, "--storage-driver", "vfs", command, *arguments)


def _libraries(program: str) -> list[str]:
    """What a program is linked with, its loader among them; nothing for a static one."""
    told = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    return re.findall(r"(/\S+)", told.stdout)


def run(*command: str) -> str:
    """Run a program that has to succeed, and give what it prints (java: as errors)."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{command}: {done.stderr[-2000:]}"
    return done.stdout or done.stderr


def build_go(program: Path, line: str, *flags: str, cgo: bool = False) -> Path:
    """Build a Go program whose go.mod names a version of Go."""
    go = need("go", "golang-go", "/usr/local/go/bin/go")
    source = program.parent / f"{program.name}-source"
    source.mkdir(parents=True)
    (source / "go.mod").write_text(f"module example.com/{program.name}\n\ngo {line}\n")
    (source / "main.go").write_text(_WITH_C if cgo else _MAIN)
    done = subprocess.run(
        [go, "build", *flags, "-o", str(program), "."],
        cwd=source,
        env={**os.environ, "CGO_ENABLED": str(int(cgo)), "GOFLAGS": "-mod=mod"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    shutil.rmtree(source)
    return program
