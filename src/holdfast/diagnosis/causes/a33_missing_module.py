"""A module or package that the program imports is not in the image.

What happens
------------
The interpreter cannot find a module, a package or a gem, or a worker cannot load the application.
It ends before the program has begun.

Why it hurts
------------
Every replica of the new image fails, while the old ones go on.

How we know
-----------
The log names the module: ModuleNotFoundError, Cannot find module, LoadError, or gunicorn says
Worker failed to boot and ends with 3.

What else it could be
---------------------
A shared library of the system is A34. A class of Java that is missing at run time is a packaging
fault as well. A module that exists in another version shows as ImportError of a name.

Fix
---
Add the package to the image, and start the image once in CI. Roll back until then.

When the fix is wrong
---------------------
If the module is in the image, the path, the user's virtual environment or the working directory is
wrong; a volume mounted over the directory hides it too.

References
----------
docs/specs/causes.md 8 (A33) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A33",
    title="a module that it imports is missing",
    lookalikes=("A34", "A01", "F01", "B18"),
    signatures=(
        Signature("modulenotfounderror", "python"),
        Signature("importerror", "python", r"^ImportError: (?!.*\.so\b.*cannot open)"),
        Signature("no module named", "python"),
        Signature("worker failed to boot", "python"),
        Signature("error loading asgi app", "python"),
        Signature("failed to find application object", "python"),
        Signature("failed to find attribute", "python", r"Failed to find attribute '\w+' in '"),
        Signature("can't open file", "python", r"python\S*: can't open file '"),
        Signature("cannot find module", "node"),
        Signature("cannot find package", "node"),
        Signature("err_module_not_found", "node"),
        Signature("module_not_found", "node", r"code: 'MODULE_NOT_FOUND'"),
        # npm runs scripts with sh and node_modules/.bin: what is not there was not installed
        Signature("not found", "node", r"^sh: (1: )?[\w.-]+: not found$", Weight.MODERATE),
        Signature("missing script", "node", r"npm (ERR!|error) Missing script"),
        Signature(
            "could not find",
            "ruby",
            r"Could not find \S+ in (any of the sources|locally installed gems)",
        ),
        Signature("cannot load such file", "ruby"),
        Signature("bundler::gemnotfound", "ruby"),
        Signature("noclassdeffounderror", "jvm"),
        Signature("classnotfoundexception", "jvm"),
        Signature("could not load file or assembly", "dotnet"),
        Signature("application to execute does not exist", "dotnet"),
        Signature("failed opening required", "php"),
        Signature("can't locate", "perl", r"Can't locate \S+\.pm in @INC"),
        Signature("can't open perl script", "perl"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of an interpreter that does not find a module."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    module = caught(
        case,
        CAUSE.id,
        r"No module named '?([\w.-]+)",
        r"Cannot find (?:module|package) '([^']+)'",
        r"(?:cannot load such file -- |Could not find )(\S+)",
        r"(?:NoClassDefFoundError|ClassNotFoundException): ([\w.$/]+)",
        r"cannot import name '([^']+)'",
        r"assembly '([^',]+)",
    )
    if module:
        claim.with_parameter("module", module)
    return claim.verdict(f"{subject(case)} cannot find module {module or 'that it imports'}")
