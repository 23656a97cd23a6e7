"""A value that the program expects in its environment is not set.

What happens
------------
The program reads an environment variable at its start, finds none, says so and ends. Some print the
error and then end with 0.

Why it hurts
------------
No replica can start, and no retry helps: the loop lasts until somebody edits the workload.

How we know
-----------
The last lines of the ended life name the variable as missing, unset or required, and the life was
short. A KeyError of Python counts only when the key looks like a variable (capital letters) or
comes from os.environ.

What else it could be
---------------------
A missing ConfigMap or Secret that the specification names keeps the container from starting at all
(B04). A missing file is A03 or A04; a missing command line argument is A30.

Fix
---
Add the env entry, or the key to the ConfigMap or Secret that envFrom reads.

When the fix is wrong
---------------------
If the entry is there, look for a different spelling, an empty value, or a value that is set in
another container only.

References
----------
docs/specs/causes.md 8 (A02) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

_CAPITALS = r"(?-i:[A-Z][A-Z0-9]*_[A-Z0-9_]+)"
_ABSENT = (
    r"(is |are |was |were |be )?(not set|unset|not defined|undefined|missing|required|empty"
    r"|not present|not found|not provided|not specified|must be set|isn't set|mandatory)"
)

CAUSE = Cause(
    id="A02",
    title="a required environment value is missing",
    lookalikes=("B04", "A03", "A30", "A09"),
    signatures=(
        Signature(
            "environment variable",
            "any",
            rf"environment variables?\b.{{0,120}}\b{_ABSENT}"
            r"|(missing|required|undefined|unset|no|could not find|must set|must provide|must"
            r" specify|please set)\b.{0,40}\benvironment variables?\b"
            r"|environment variables? not found",
        ),
        Signature("env var", "any", rf"\benv vars?\b.{{0,80}}\b{_ABSENT}"),
        Signature("env var", "any", r"(missing|required|undefined|unset)\b.{0,40}\benv vars?\b"),
        Signature("keyerror", "python", rf"^(os\.)?KeyError: '{_CAPITALS}'"),
        Signature("key not found", "ruby", rf"key not found: \"{_CAPITALS}\""),
        # argument names are lower case: only a name in capitals is a variable
        Signature("must be set", "any", rf"\b{_CAPITALS}\b.{{0,20}}\bmust be set\b"),
        Signature("is not set", "any", rf"\b{_CAPITALS}[\"'`]? is not set\b"),
        Signature("not defined", "any", rf"\b{_CAPITALS}[\"'`]? (is )?not defined\b"),
        Signature("is required", "any", rf"\b{_CAPITALS}[\"'`]? is required\b"),
        Signature("is missing", "any", rf"\b{_CAPITALS}[\"'`]? is missing\b"),
        Signature("required", "any", rf"\b(missing )?required\b.{{0,30}}\b{_CAPITALS}\b"),
        Signature("required key", "go", r"required key [A-Z0-9_]+ missing value"),
        Signature("envvarerror", "node"),
        # bash and POSIX shells: ${NAME:?} and set -u
        Signature("parameter not set", "shell", rf"\b{_CAPITALS}: parameter (null or )?not set"),
        # the word after :? may be any, this one is the usual choice
        Signature("not set", "shell", rf"^\S*sh: (line )?\d+: {_CAPITALS}: .*\bnot set\b"),
        Signature("unbound variable", "shell", r"\b[A-Z][A-Z0-9_]+: unbound variable"),
        # Spring's ${NAME} placeholders
        Signature("could not resolve placeholder", "jvm", rf"resolve placeholder '{_CAPITALS}[':]"),
        # entrypoints of the postgres, mysql and mariadb images
        Signature("superuser password is not specified", "postgres"),
        Signature("database is uninitialized and password option is not specified", "mysql"),
        Signature("attribute is not specified and no embedded", "jvm"),
        # pydantic-settings: the fields of such a class are read from the environment
        Signature(
            "validation error", "python", r"validation errors? for \w*(Settings|Env|Config)\w*$"
        ),
        # Django
        Signature("improperlyconfigured", "python", rf"ImproperlyConfigured: .*{_CAPITALS}"),
        Signature("declare it as envvar", "python"),
        Signature("missing `secret_key_base`", "ruby"),
        # std::env::VarError
        Signature("notpresent", "rust", r"`?Err`? value: NotPresent\b"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """A line of the ended life that names a variable as missing."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    name = caught(case, CAUSE.id, r"((?-i:\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b))")
    what = f"the environment variable {name}" if name else "an environment variable"
    if name:
        claim.with_parameter("variable", name)
        _weigh_spec(claim, case, name)
    if case.exit_code == 0:
        claim.observed("it hides the error behind exit code 0", Weight.MODERATE)
    return claim.verdict(f"{subject(case)} ends because {what} is not set")


def _weigh_spec(claim: Claim, case: Case, name: str) -> None:
    if case.spec is None:
        return
    given = next((entry for entry in case.spec.env or () if entry.name == name), None)
    origin = case.spec_origin("env")
    if given is not None:
        text = f"its specification does set {name}; look at the value"
        claim.against(text, Weight.WEAK, origin)
    elif not case.spec.env_from:
        claim.observed(f"its specification does not set {name}", Weight.MODERATE, origin)
