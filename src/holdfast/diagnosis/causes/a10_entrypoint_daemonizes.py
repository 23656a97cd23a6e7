"""The start command puts the server into the background and ends.

What happens
------------
The command starts the server as a daemon and returns. With it the main process of the container
ends, and the runtime kills the server too.

Why it hurts
------------
The pod never serves, although its log says that the start was a success.

How we know
-----------
The life ended with 0 within seconds, and the log, or the command itself, speaks of a daemon or of a
start in the background.

What else it could be
---------------------
A command that has done its work is A09. A server that ends because it is told to is group C, E or
F.

Fix
---
Use the flag for the foreground: nginx -g 'daemon off;', redis --daemonize no, httpd -DFOREGROUND,
catalina.sh run, php-fpm -F, supervisord -n.

When the fix is wrong
---------------------
A sleep or tail -f after the command only hides the end: nobody notices when the server dies.

References
----------
docs/specs/causes.md 8 (A10) and 9.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import uptime_text, weigh_stop
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import completed_under_always, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A10",
    title="its start command puts the server into the background and ends",
    lookalikes=("A09", "A25", "A31"),
    signatures=(
        Signature("daemoniz", "any", r"\bdaemoniz(ing|ed)\b(?!.*\b(off|no|false|disabled)\b)"),
        Signature(
            "daemon",
            "any",
            r"\b(starting|started|launching|running|forking)\b.{0,40}\b(as )?(a )?daemon\b(?!set)",
        ),
        Signature(
            "background",
            "any",
            r"\b(start\w*|running|launch\w*|fork\w*|continuing|detach\w*)\b.{0,40}"
            r"\b(in|into|to|as) (the )?background\b",
        ),
        Signature("background", "redis", r"background (process|service) started"),
        Signature("tomcat started", "jvm", r"^Tomcat started\.?$"),
        Signature("server started", "postgres", r"^server started$"),
        Signature("about to fork child process", "mongo"),
        Signature("* starting", "any", r"^ ?\* Starting .+"),
        Signature(
            "forked",
            "any",
            r"\bforked (child|process|into background|daemon)\b",
        ),
    ),
)

# "at once": the fork returns when the server is set up; a judgement.
_AT_ONCE_SECONDS = 30
_DAEMON_COMMAND = regex(
    r"(^| )service \S+ start\b|/etc/init\.d/\S+ (re)?start\b|apachectl( -k)? start\b"
    r"|catalina\.sh start\b|pg_ctl .*\bstart\b|--daemon(ize)?\b(?![= ](no|off|false))"
    r"|--detach\b|--fork\b|startup\.sh$"
)


def judge(case: Case) -> Verdict | None:
    """An end with 0 at once, and words of a daemon in the log or in the command."""
    if case.life is not None and not completed_under_always(case):
        return None
    uptime = case.uptime_seconds
    if uptime is not None and uptime > _AT_ONCE_SECONDS:
        return None
    claim = self_end_claim(CAUSE, case, (0,))
    if claim is None:
        claim = _by_command(case)
    if claim is None:
        return None
    return claim.verdict(
        f"the command of {subject(case)} starts its server in the background and ends with "
        f"exit code 0{uptime_text(case)}"
    )


def _by_command(case: Case) -> Claim | None:
    spec = case.spec
    words = " ".join((*(spec.command or ()), *(spec.args or ()))) if spec else ""
    if case.life is None or not _DAEMON_COMMAND.search(words):
        return None
    claim = Claim(CAUSE).observed(
        f"it ended with exit code 0{uptime_text(case)} under restartPolicy Always",
        Weight.STRONG,
        case.life.origin,
    )
    claim.observed(
        "its command is one that starts a daemon", Weight.STRONG, case.spec_origin("command")
    )
    return weigh_stop(claim, case)
