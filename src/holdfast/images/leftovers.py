"""What of a build stayed in an image, told by the paths where tools keep it.

Rules: only what the container sees is a leftover; what a later layer deleted is waste and counted
there. A file has one kind, the first that fits. Sources: the documentation of each tool on where it
keeps its caches (apt.conf(5), apk-tools, dnf.conf(5), pip cache, npm-cache, `go env GOMODCACHE`,
Maven settings, Gradle user home, Cargo home), and the Filesystem Hierarchy Standard 3.0.
"""

from collections import defaultdict

from holdfast.images.tree import Tree
from holdfast.model.image import Leftover, LeftoverKind
from holdfast.model.regex import regex

_HOME = r"(?:root|home/[^/]+)/"
_LIBRARIES = r"(?:site-packages|dist-packages|node_modules|gems)/"
_COMPILERS = "gcc|g\\+\\+|cc|c\\+\\+|cpp|ld|as|make|cmake|clang|rustc|cargo|javac|mvn|gradle"
_NODE_TOOLS = (
    "typescript|webpack|eslint|jest|vite|mocha|rollup|prettier|nodemon|electron|cypress|playwright|"
    "@types|@babel|@jest|@typescript-eslint"
)
_PYTHON_TOOLS = "pytest|_pytest|mypy|pylint|black|ruff|flake8|Cython|IPython|jupyter"
_PATTERNS = {
    LeftoverKind.SYSTEM_PACKAGES: (
        r"^var/lib/apt/lists/(?!lock$|partial/$)",
        r"^var/cache/(?:apt|apk|dnf|yum|zypp|debconf|pacman)/",
        r"^etc/apk/cache/",
        r"^var/lib/(?:dnf|yum)/(?:repos|yumdb)/",
    ),
    LeftoverKind.LANGUAGE_PACKAGES: (
        rf"^{_HOME}\.cache/(?:pip|uv|pypoetry|pdm|go-build|yarn|node|composer|bazel)/",
        rf"^{_HOME}\.(?:npm|yarn|pnpm-store|gradle/caches|m2/repository|ivy2|nuget/packages)/",
        rf"^{_HOME}(?:\.cargo/(?:registry|git)|go/pkg|\.bundle/cache|\.gem)/",
        r"^(?:go/pkg|usr/local/cargo/(?:registry|git)|usr/local/share/\.cache)/",
        r"(?:^|/)node_modules/\.(?:cache|vite)/",
        r"(?:^|/)gems/[^/]+/cache/|/bundle/ruby/[^/]+/cache/",
    ),
    LeftoverKind.COMPILERS: (
        r"^usr/(?:lib|libexec)/gcc/|^usr/lib/llvm-\d+/|^usr/local/rustup/|(?:^|/)\.rustup/",
        r"^usr/(?:local/)?include/",
        rf"^usr/(?:local/)?bin/(?:\w+-linux-\w+-)?(?:{_COMPILERS})(?:[-.\d]+)?$",
        r"^usr/local/go/(?:src|pkg|bin|test)/",
        r"^(?:usr/lib/jvm|opt)/[^/]+/(?:jmods/|lib/src\.zip$|bin/javac$|include/)",
        r"^usr/(?:local/)?lib/(?:[\w-]+/)?[^/]+\.a$",
    ),
    LeftoverKind.DEVELOPMENT: (
        rf"(?:^|/)node_modules/(?:{_NODE_TOOLS})/",
        rf"/(?:site-packages|dist-packages)/(?:{_PYTHON_TOOLS})/",
    ),
    LeftoverKind.VERSION_CONTROL: (r"(?:^|/)\.(?:git|svn|hg)/",),
    LeftoverKind.TESTS: (
        rf"(?:^|/){_LIBRARIES}(?:.*/)?(?:tests?|__tests__|testing/data)/",
        r"(?:^|/)lib/python3[.\d]*/(?:test|idlelib/idle_test|unittest/test|lib2to3/tests)/",
        r"(?:^|/)(?:__tests__|testdata)/",
    ),
    LeftoverKind.BYTECODE: (r"(?:^|/)__pycache__/|\.py[co]$",),
    LeftoverKind.DOCUMENTATION: (
        r"^usr/(?:local/)?share/(?:doc|man|info|gtk-doc|locale|i18n)/",
        rf"(?:^|/){_LIBRARIES}(?:.*/)?(?:docs|examples)/",
    ),
    LeftoverKind.TEMPORARY: (r"^(?:tmp|var/tmp|var/log)/", r"(?:^|/)core\.\d+$|\.hprof$"),
}
_ANY = regex("|".join(f"(?P<{k.name}>{'|'.join(p)})" for k, p in _PATTERNS.items()))
# A few kilobytes, such as the lock files of package managers, are no finding.
_LEAST_BYTES = 64 * 1024


def leftovers(tree: Tree) -> tuple[Leftover, ...]:
    """By kind and layer, the largest first."""
    found: dict[tuple[LeftoverKind, int], list[tuple[int, str]]] = defaultdict(list)
    for node in tree.files():
        match = _ANY.search(node.entry.path)
        if match is not None and match.lastgroup is not None:
            kind = LeftoverKind[match.lastgroup]
            found[kind, node.layer].append((node.entry.size, f"/{node.entry.path}"))
    sums = [
        Leftover(kind, layer, len(files), sum(size for size, _ in files), max(files)[1])
        for (kind, layer), files in found.items()
    ]
    kept = [one for one in sums if one.bytes >= _LEAST_BYTES]
    return tuple(sorted(kept, key=lambda one: (-one.bytes, one.kind, one.layer)))
