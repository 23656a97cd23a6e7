"""The program refuses a configuration file: it does not parse, or a key is unknown.

What happens
------------
The program reads its configuration at the start, meets a syntax error, an unknown field or a value
of the wrong kind, says where, and ends.

Why it hurts
------------
No new replica comes up; old ones fail at their next restart, which may be days after the edit.

How we know
-----------
The last lines name a parse error of YAML, JSON, TOML, INI or of the server's own language, often
with file and line. Servers mark it: nginx [emerg], haproxy [ALERT], apache AH.

What else it could be
---------------------
A ConfigMap that was changed together with the template is F01. nginx [emerg] for a host name is
A08, for bind() A18 or A19. A file that is not there is A04.

Fix
---
Correct the key that the message names; validate the file in CI with the same version of the
program.

When the fix is wrong
---------------------
If the same file works in another version, the program changed its format: see A30.

References
----------
docs/specs/causes.md 8 (A03) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.verdict import Verdict

_FORMAT = r"(ya?ml|json|toml|ini|hcl|xml)"
_AT = r"(line|position|column|offset|char)"

CAUSE = Cause(
    id="A03",
    title="its configuration file is invalid",
    lookalikes=("F01", "A02", "A04", "A30"),
    signatures=(
        Signature(
            "yaml:", "go", r"\byaml: (line \d+|unmarshal errors|unknown|did not find|invalid)"
        ),
        Signature("cannot unmarshal", "go", r"\bcannot unmarshal\b.*(\binto\b|of type)"),
        Signature("yaml.", "python", r"^yaml\.(scanner|parser|composer)\.\w+Error"),
        Signature("mapping values are not allowed", "any"),
        Signature("did not find expected", "any"),
        Signature("jsondecodeerror", "python"),
        Signature("tomldecodeerror", "python"),
        Signature("configparser.", "python", r"^configparser\.\w*(Error|Option|Section)\w*:"),
        Signature("yamlexception", "node", r"\bYAMLException\b"),
        Signature("snakeyaml", "jvm", r"org\.yaml\.snakeyaml\S*Exception"),
        Signature("failed to bind properties", "jvm"),
        Signature("in json at position", "node", r"SyntaxError: .* in JSON at position"),
        Signature("is not valid json", "node", r"SyntaxError: .* is not valid JSON"),
        Signature(
            "pars",
            "any",
            rf"(fail\w*|error|unable|cannot|could not)\b.{{0,60}}\bpars\w*\b.{{0,40}}"
            rf"\b(config\w*|settings|{_FORMAT})\b",
        ),
        Signature(
            "config",
            "any",
            r"\b(invalid|malformed|bad|broken)\b (\w+ )?config(uration)?\b( file)?[ :'\"]",
        ),
        Signature(
            "config",
            "any",
            r"^(?!.*\b(in-cluster|kubeconfig)\b)"
            r".*\b(error|fail\w*|unable|could not|cannot)\b.{0,20}"
            r"\b(load\w*|read\w*|unmarshal\w*|validat\w*|decod\w*)\b.{0,20}\bconfig\w*\b",
        ),
        Signature("unknown field", "any", r"\bunknown field\b|json: unknown field"),
        Signature("field", "go", r"\bfield \S+ not found in type\b"),
        Signature("unknown key", "any"),
        Signature("unknown configuration", "any"),
        Signature("unexpected token", "any", rf"(config|{_FORMAT})\b.*unexpected token"),
        Signature("syntax error", "any", rf"(config\w*|\.conf|{_FORMAT})\b.*syntax error"),
        # A file that is not there for good; at the birth of the pod it is A04.
        Signature(
            "no such file or directory",
            "any",
            r"(^|[ '\"])/[\w./@-]*(config|settings|\.ya?ml|\.json|\.toml|\.ini|\.conf)\b"
            r"|no such file or directory: '\S*(config|settings|\.ya?ml|\.json|\.toml|\.ini"
            r"|\.conf)\b",
        ),
        # servers
        Signature(
            "[emerg]",
            "nginx",
            r"\[emerg\](?!.*(host not found|bind\(\)|permission denied|failed \(\d+: ))",
        ),
        Signature("[alert]", "haproxy", r"\[ALERT\].*(parsing|config)"),
        Signature("ah0", "apache", r"\bAH\d{5}: Syntax error"),
        Signature("fatal config file error", "redis"),
        Signature("unrecognized configuration parameter", "postgres"),
        Signature("unknown variable", "mysql", r"\[ERROR\].*unknown variable '"),
        Signature("error loading config", "prometheus", r"error loading config"),
        Signature("proto constraint validation failed", "envoy"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """A line of the ended life that rejects a configuration."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    file = caught(
        case,
        CAUSE.id,
        r"((?:/[\w.@-]+)+\.(?:ya?ml|json|toml|ini|conf|cfg|cnf|xml|hcl|properties)\b)",
        r"([\w.-]+\.(?:ya?ml|json|toml|ini|conf|cfg|cnf|hcl|properties)\b)",
    )
    line = caught(case, CAUSE.id, r"\bline (\d+)", r"\.(?:conf|ya?ml|json|toml|cfg):(\d+)\b")
    where = f" {file}" if file else ""
    where += f", line {line}" if line else ""
    if file:
        claim.with_parameter("file", file)
    return claim.verdict(f"{subject(case)} ends because it cannot use its configuration{where}")
