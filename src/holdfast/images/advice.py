"""What follows from an image's runtime for the settings of its container.

Rules: each sentence rests on a version or a setting that was read; where the version is not known,
the sentence says on what it depends. Sources beside each function.
"""

import re
from collections.abc import Iterator

from holdfast.images.runtimes import MAXPROCS, MEMLIMIT
from holdfast.model.heap_setting import jvm_bytes
from holdfast.model.image import Advice, ImageConfig, ImageRuntime
from holdfast.model.regex import regex
from holdfast.model.runtime import Runtime

_JAVA_VARIABLES = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "JAVA_OPTS")
_FIXED_HEAP = regex(r"-Xmx(\w+)|-XX:MaxHeapSize=(\w+)")
_PERCENTAGE = regex(r"-XX:MaxRAMPercentage=([\d.]+)")
_OLD_SPACE = regex(r"--max[-_]old[-_]space[-_]size[= ](\d+)")


def advice_for(runtime: ImageRuntime, config: ImageConfig) -> Iterator[Advice]:
    """In the order of memory, processors, logs."""
    by_runtime = {
        Runtime.GO: _go,
        Runtime.JVM: _jvm,
        Runtime.NODE: _node,
        Runtime.PYTHON: _python,
    }
    judge = by_runtime.get(runtime.runtime)
    if judge is not None:
        yield from judge(runtime, config)


def release_of(version: str) -> tuple[int, ...]:
    """The numbers at the start of a version: (1, 25, 4) of "go1.25.4"; () for none."""
    match = re.match(r"(?:go)?(\d+(?:[._]\d+)*)", version)
    return tuple(int(part) for part in re.split(r"[._]", match[1])) if match is not None else ()


def follows_quota(runtime: ImageRuntime) -> bool | None:
    """Whether a Go program sets GOMAXPROCS from the CPU limit by itself; None: not known.

    Source: Go 1.25 release notes, runtime; a main module with an older go line keeps the old
    behaviour by GODEBUG (go.dev/doc/godebug), which the linker writes into DefaultGODEBUG.
    """
    if _sees_quota(runtime):
        return True
    release = _go_release(runtime.version)
    if not release:
        return None
    off = "containermaxprocs=0" in runtime.settings.get("DefaultGODEBUG", "").split(",")
    return release >= (1, 25) and not off


def _sees_quota(runtime: ImageRuntime) -> bool:
    """Whether automaxprocs is linked in, and new enough for control groups of version 2.

    Source: kubernetes.io "About cgroup v2": v1.5.1.
    """
    return release_of(runtime.settings.get(MAXPROCS, "").removeprefix("v")) >= (1, 5, 1)


def _go(runtime: ImageRuntime, config: ImageConfig) -> Iterator[Advice]:
    """Sources: Go 1.19 and 1.25 release notes; docs/specs/tuning.md 7.1."""
    release = _go_release(runtime.version)
    told = runtime.version
    given = config.environment.get("GOMEMLIMIT", "")
    if given:
        yield Advice(
            "GOMEMLIMIT",
            f"set to {given} in the image, whatever the container's limit "
            "is: the manifest should set it to 80 to 90 % of the limit",
        )
    elif MEMLIMIT in runtime.settings:
        yield Advice(
            "GOMEMLIMIT",
            f"automemlimit {runtime.settings[MEMLIMIT]} is linked in, "
            "which takes it from the limit (90 % by default)",
        )
    elif release and release < (1, 19):
        yield Advice(
            "GOMEMLIMIT",
            f"{told} does not know it (Go 1.19 does): GOGC alone decides "
            "how far the heap grows above what lives",
        )
    else:
        yield Advice(
            "GOMEMLIMIT",
            "not set: no Go version takes it from the container's limit. "
            "Set it to 80 to 90 % of the limit in the manifest",
        )
    yield Advice("GOMAXPROCS", _maxprocs(runtime, config))


def _maxprocs(runtime: ImageRuntime, config: ImageConfig) -> str:
    given = config.environment.get("GOMAXPROCS", "")
    if given:
        return f"set to {given} in the image, whatever the CPU limit is"
    if _sees_quota(runtime):
        return (
            f"automaxprocs {runtime.settings[MAXPROCS]} is linked in, which takes the CPU "
            "limit rounded down"
        )
    follows = follows_quota(runtime)
    if follows is None:
        return "follows the CPU limit since Go 1.25; this version is not known"
    if follows:
        return f"{runtime.version} takes it from the CPU limit, rounded up and at least 2"
    if _go_release(runtime.version) >= (1, 25):
        return (
            f"{runtime.version} would take it from the CPU limit, but go.mod names an older "
            "Go, which turns that off (containermaxprocs=0): raise the go line, or set "
            "GOMAXPROCS"
        )
    return (
        f"{runtime.version} counts the processors of the node, not the CPU limit (Go 1.25 "
        "does): set GOMAXPROCS to the limit rounded up"
    )


def _jvm(runtime: ImageRuntime, config: ImageConfig) -> Iterator[Advice]:
    """Sources: JDK-8146115 (limits of containers, 8u191 and 10), JDK-8230305 (control groups
    version 2: 15, 11.0.16, 8u372), tuning.md 8.1 (defaults and collectors).
    """
    if not _sees_version_two(runtime.version):
        yield Advice(
            "memory limit",
            f"Java {runtime.version or 'of unknown version'} does not see "
            "limits of control groups version 2 (8u372, 11.0.16 and 15 do): its heap "
            "follows the node's memory unless -Xmx is set",
        )
    options = " ".join((*config.words, *(config.environment.get(n, "") for n in _JAVA_VARIABLES)))
    fixed, share = _FIXED_HEAP.search(options), _PERCENTAGE.search(options)
    if fixed is not None:
        size = fixed[1] or fixed[2]
        mebibytes = (jvm_bytes(size) or 0) // 2**20
        yield Advice(
            "heap",
            f"the image fixes it at {size} ({mebibytes} MiB), whatever the "
            "container's limit is: take -XX:MaxRAMPercentage",
        )
    elif share is not None:
        yield Advice(
            "heap",
            f"{share[1]} % of the memory limit (-XX:MaxRAMPercentage in the "
            "image); metaspace, code cache, stacks and buffers need the rest",
        )
    else:
        yield Advice(
            "heap",
            "no flag in the image: 25 % of the memory limit, 50 % below about "
            "250 MiB. Set -XX:MaxRAMPercentage to 60 to 75",
        )
    release = release_of(runtime.version)
    if release and _feature(release) <= 26:
        yield Advice(
            "collector",
            "below 2 processors or 1792 MiB the JVM takes the Serial "
            "collector, whose pauses grow with the heap; -XX:+UseG1GC to choose",
        )


def _sees_version_two(version: str) -> bool:
    release = release_of(version)
    if not release:
        return False
    feature = _feature(release)
    if feature == 8:
        return release[-1] >= 372 if release[0] == 1 else release >= (8, 0, 372)
    return release >= (11, 0, 16) if feature == 11 else feature >= 15


def _feature(release: tuple[int, ...]) -> int:
    """8 of 1.8.0_372, 21 of 21.0.4."""
    return release[1] if release[0] == 1 and len(release) > 1 else release[0]


def _node(runtime: ImageRuntime, config: ImageConfig) -> Iterator[Advice]:
    """Source: kubernetes.io "About cgroup v2" (Node.js reads its limits since 20.3.0)."""
    options = " ".join((*config.words, config.environment.get("NODE_OPTIONS", "")))
    fixed = _OLD_SPACE.search(options)
    release = release_of(runtime.version)
    if fixed is not None:
        yield Advice(
            "heap",
            f"the image fixes the old space at {fixed[1]} MiB, whatever the "
            "container's limit is: set NODE_OPTIONS in the manifest",
        )
    elif release and release < (20, 3):
        yield Advice(
            "heap",
            f"Node.js {runtime.version} does not see limits of control groups "
            "version 2 (20.3 does): its heap follows the node's memory. Set "
            "--max-old-space-size to 60 to 75 % of the limit",
        )
    else:
        yield Advice(
            "heap",
            "V8 sizes it by the memory that Node.js sees; "
            "--max-old-space-size of 60 to 75 % of the limit makes it certain",
        )
    yield Advice("processors", "JavaScript runs on one; UV_THREADPOOL_SIZE is 4 unless it is set")


def _python(runtime: ImageRuntime, config: ImageConfig) -> Iterator[Advice]:
    """Sources: Python 3.13 "What's New" (PYTHON_CPU_COUNT), docs/specs/rules.md HF313, HF824."""
    del runtime
    workers = config.environment.get("WEB_CONCURRENCY", "")
    told = f"WEB_CONCURRENCY is {workers}: " if workers else ""
    yield Advice(
        "memory limit",
        f"{told}there is no heap limit; workers times what one needs must "
        "fit below the container's limit",
    )
    yield Advice(
        "processors",
        "os.cpu_count() counts those of the node, not the CPU limit: give "
        "the number of workers, or PYTHON_CPU_COUNT from Python 3.13 on",
    )
    if not config.environment.get("PYTHONUNBUFFERED"):
        yield Advice(
            "logs", "PYTHONUNBUFFERED is not set: what print has written last is lost with SIGKILL"
        )


def _go_release(version: str) -> tuple[int, ...]:
    """Two numbers; () for a version under development."""
    match = re.search(r"go(\d+)\.(\d+)", version)
    if match is None:
        return ()
    found = (int(match[1]), int(match[2]))
    # "before go1.18", as far as a blob of that time can be read.
    return (1, 17) if version.startswith("before") else found
