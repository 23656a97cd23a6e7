"""The program does not understand one of its arguments.

What happens
------------
An argument or a flag of the command is unknown, missing or malformed. The program prints how to
call it and ends at once.

Why it hurts
------------
No replica starts. It often comes with a new image that dropped or renamed a flag, while the
arguments stayed.

How we know
-----------
The log has the words of a flag parser, and the code is that of a usage error: 2, 64, or 1.

What else it could be
---------------------
Exit 2 of a Go program with goroutines in the log is a panic (A11), and without any text a SIGTERM
(A12). A bad file is A03, a missing variable A02, a quoting error of a shell A35.

Fix
---
Align the arguments with the version of the image: its --help and its release notes.

When the fix is wrong
---------------------
When the arguments are right, the command is not what you think: args replace CMD, and command
replaces ENTRYPOINT.

References
----------
docs/specs/causes.md 8 (A30) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A30",
    title="one of its arguments is wrong",
    lookalikes=("A11", "A12", "A03", "A02", "A35", "F01"),
    signatures=(
        Signature("flag provided but not defined", "go"),
        Signature("unknown flag", "go"),
        Signature("unknown shorthand flag", "go"),
        Signature("flag needs an argument", "go"),
        Signature(
            "invalid argument",
            "go",
            r"invalid argument \".*\" for \"",
        ),
        Signature(
            "invalid value", "any", r"invalid value ['\"].*['\"] for (flag|option|argument|'|\"|--)"
        ),
        Signature("required flag", "go", r"required flag\(s\)"),
        Signature("unknown command", "go", r'^(error: )?unknown command "'),
        Signature("unknown long flag", "go"),
        Signature("unrecognized option", "any"),
        Signature("unrecognised option", "any"),
        Signature("unrecognized arguments", "python"),
        Signature("the following arguments are required", "python"),
        Signature("error: argument", "python", r": error: argument "),
        Signature("no such option", "python"),
        Signature("invalid choice", "python", r": error: .*invalid choice:"),
        Signature("unknown option", "any", r"unknown option:? ['\"`]?-|unknown option '"),
        Signature("unknown argument", "any", r"unknown argument:? ['\"`]?-?\w"),
        Signature("unexpected argument", "rust", r"error: unexpected argument '"),
        Signature("found argument", "rust", r"Found argument '.*' which wasn't expected"),
        Signature("invalid option", "any", r"invalid option( --|:) ?['\"-]"),
        Signature("illegal option", "any", r"illegal option( --|:) ?"),
        Signature("bad option", "node", r"\bbad option: -"),
        Signature("unrecognized vm option", "jvm"),
        Signature("could not create the java virtual machine", "jvm"),
        Signature("invalid maximum heap size", "jvm"),
        Signature("invalid initial heap size", "jvm"),
        Signature("initial heap size set to a larger value", "jvm"),
        Signature("too small maximum heap", "jvm"),
        Signature("too small initial heap", "jvm"),
        Signature("conflicting collector combinations", "jvm"),
        Signature("error opening zip file or jar manifest missing", "jvm"),
        Signature("too many arguments", "any", r"^(\S+: )?(error: )?too many arguments"),
        Signature("option requires an argument", "any"),
        Signature("requires an argument", "any", r"option .*requires an argument"),
        Signature("error parsing commandline arguments", "prometheus"),
        Signature("usage: ", "any", r"^usage: ", Weight.MODERATE),
        Signature("usage of ", "go", r"^Usage of \S+:$", Weight.MODERATE),
        Signature("could not find or load main class", "jvm"),
        Signature("unable to access jarfile", "jvm"),
        Signature("no main manifest attribute", "jvm"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of a parser of arguments."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    flag = caught(
        case,
        CAUSE.id,
        r"(?:option|flag|argument|defined:|unrecognized arguments:|argument '?)[: ]+['\"`]?"
        r"(--?[A-Za-z][\w.-]*)",
        r"VM option '([^']+)'",
        r"(?:Unrecognized option|bad option): (-\S+)",
    )
    if flag:
        claim.with_parameter("argument", flag)
    which = f" {flag}" if flag else ""
    return claim.verdict(f"{subject(case)} ends at once because of a wrong argument{which}")
