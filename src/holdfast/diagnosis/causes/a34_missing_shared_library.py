"""A shared library is missing, or the binary was built for another C library.

What happens
------------
The dynamic loader cannot find a library, a symbol or the version of glibc that the binary asks for.
The program never begins.

Why it hurts
------------
It appears with a new base image, and every replica of it fails.

How we know
-----------
The loader's words stand in the log: error while loading shared libraries with code 127, GLIBC_2.xx
not found, symbol not found.

What else it could be
---------------------
A command that does not exist is B01. On alpine a binary for glibc fails as not found although the
file is there. A missing module of an interpreter is A33; a missing libcuda is A32.

Fix
---
Build on the base image that runs it, link statically, or install the package with the library.

When the fix is wrong
---------------------
Copying a single library over from another image often drags the next missing one behind it.

References
----------
docs/specs/causes.md 8 (A34) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

_EXEC_USER = r"exec user process caused:?"

CAUSE = Cause(
    id="A34",
    title="a shared library is missing or of another kind",
    lookalikes=("B01", "A33", "A32", "A15"),
    signatures=(
        Signature(
            "error while loading shared libraries",
            "loader",
            r"shared libraries: (?!libcuda|libnvidia)",
        ),
        Signature("error loading shared library", "loader"),
        Signature("error relocating", "loader", r"Error relocating .*: symbol not found"),
        Signature(
            "cannot open shared object file",
            "loader",
            r"^(?!.*(libcuda|libnvidia)).*cannot open shared object",
        ),
        Signature("glibc_", "loader", r"version [`']GLIBC_[\d.]+' not found"),
        Signature("glibcxx_", "loader", r"version [`']GLIBCXX_[\d.]+' not found"),
        Signature("cxxabi_", "loader", r"version [`']CXXABI_[\d.]+' not found"),
        Signature("openssl_", "loader", r"version [`']OPENSSL_[\d._]+' not found"),
        Signature("symbol lookup error", "loader"),
        Signature("undefined symbol", "loader", r"\.so\S*: undefined symbol"),
        Signature("unsatisfiedlinkerror", "jvm"),
        Signature(
            "ld-linux",
            "loader",
            r"/ld-linux\S* ?(: No such file|not found)|could not open '/lib\S*/ld-linux",
        ),
        # the file is there, runc has looked; the loader that it names is not
        Signature(
            "no such file or directory",
            "runc",
            r"^exec /\S+(?<!\.sh)(?<!\.py)(?<!\.rb)(?<!\.js): no such file or directory",
        ),
        # before runc 1.1 the text names no file: the interpreter of a script as well (A35)
        Signature(
            "no such file or directory", "runc", rf"{_EXEC_USER} no such file", Weight.MODERATE
        ),
        Signature("invalid elf header", "loader"),
        Signature("unable to load shared library", "dotnet"),
        Signature("unable to load dynamic library", "php", weight=Weight.MODERATE),
        Signature("couldn't find a valid icu package", "dotnet"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of the dynamic loader."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    library = caught(
        case,
        CAUSE.id,
        r"shared libraries: ([\w.+-]+)",
        r"shared library ([\w.+-]+)",
        r"'((?:GLIBC|GLIBCXX|CXXABI|OPENSSL)_[\w.]+)'",
        r"[`']((?:GLIBC|GLIBCXX|CXXABI|OPENSSL)_[\w.]+)'",
        r"([\w.+-]+\.so[\w.]*)",
    )
    if library:
        claim.with_parameter("library", library)
    return claim.verdict(f"{subject(case)} cannot load {library or 'a shared library'}")
