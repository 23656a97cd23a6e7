"""An image that starts a server for development.

What happens
------------
Servers of frameworks for development, file watchers and builds at start run one process, restart it
when a file changes, or compile before they listen.

Why it hurts
------------
Slow starts that probes do not wait for, restarts of the process behind Kubernetes' back, requests
that are lost at a stop, and often one request at a time.

How we know
-----------
The words of ENTRYPOINT and CMD of the last stage: flask run, manage.py runserver, --reload,
nodemon, vite, next dev, ng serve, npm run dev, php artisan serve, go run, dotnet watch,
spring-boot:run.

What else it could be
---------------------
An image that is only for development.

Fix
---
The server for production: gunicorn or uvicorn without --reload, node with what was built, nginx for
what is static, java -jar.

When the fix is wrong
---------------------
In an image that never sees a cluster.

References
----------
docs/specs/rules.md HF811; docs/specs/causes.md F03, C03.
"""

from collections.abc import Iterator

from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF811",
    "the image starts a server for development",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("F03", "C03"),
)


_SERVERS = (
    (regex(r"\bflask\s+(?:\S+\s+)*run\b"), "gunicorn, or waitress"),
    (regex(r"\bmanage\.py\s+runserver\b"), "gunicorn, or uvicorn for ASGI"),
    (regex(r"\bfastapi\s+dev\b"), "fastapi run, or uvicorn"),
    (regex(r"(?:^|\s)--reload(?:\s|$)"), "the same server without --reload"),
    (regex(r"\b(?:nodemon|ts-node-dev|tsx\s+watch)\b|\bnode\s+--watch\b"), "node FILE"),
    (
        regex(r"\b(?:npm|pnpm|yarn)\s+(?:run\s+)?(?:dev|develop|start:dev)\b"),
        "node FILE",
    ),
    (
        regex(
            r"^(?:\S*/)?(?:npx\s+)?(?:vite(?:\s+dev)?(?:\s+--.*)?$|next\s+dev|nuxt\s+dev|ng\s+serve|"
            r"gatsby\s+develop|react-scripts\s+start|webpack(?:-dev-server|\s+serve)|"
            r"vue-cli-service\s+serve|astro\s+dev)"
        ),
        "a web server with what was built, or the production server of the framework",
    ),
    (regex(r"\bartisan\s+serve\b|^(?:\S*/)?php\s+-S\b"), "php-fpm, or FrankenPHP"),
    (regex(r"^(?:\S*/)?go\s+run\b|^(?:\S*/)?air(?:\s|$)"), "the binary that go build makes"),
    (regex(r"\bdotnet\s+(?:watch|run)\b"), "dotnet FILE.dll"),
    (regex(r"\bspring-boot:run\b|\bbootRun\b|\bquarkus:dev\b"), "java -jar of what was built"),
    (regex(r"\bcargo\s+(?:run|watch)\b"), "the binary that cargo build makes"),
)


def check_start(start: Start) -> Iterator[Problem]:
    """Commands that are for development."""
    for line in start.lines:
        text = " ".join(line.words)
        for pattern, instead in _SERVERS:
            match = pattern.search(text)
            if match is not None:
                yield start.problem(
                    f"`{match.group().strip()}` is for development", line, fix=Fix(instead)
                )
                break
