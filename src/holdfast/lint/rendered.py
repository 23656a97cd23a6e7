"""From which template an object was rendered, as Helm and kustomize say it.

Sources: Helm writes `# Source: chart/templates/x.yaml` above each document; kustomize adds an
annotation with `buildMetadata: [originAnnotations]` (rules.md 16).
"""

import re

from holdfast.lint.documents import ObjectSubject
from holdfast.model.regex import regex

_ORIGIN = "config.kubernetes.io/origin"
_PATH = regex(r"^path:[ \t]*(\S+)", re.MULTILINE)
_SOURCE = regex(r"^# Source: (\S+)[ \t]*$", re.MULTILINE)
# A comment of a license may stand between; more than this is another document's.
_FAR = 4096


def template_of(subject: ObjectSubject) -> str:
    """The file of the template; "" for an object that is written as it is."""
    origin = _PATH.search(subject.annotations.get(_ORIGIN, ""))
    if origin is not None:
        return origin[1]
    document = subject.document
    start = document.root.span.start
    above = document.text[max(0, start - _FAR) : start].rpartition("\n---")[2]
    found = _SOURCE.findall(above)
    return str(found[-1]) if found else ""
