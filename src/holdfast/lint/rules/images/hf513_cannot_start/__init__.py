"""What the image starts is not there, or the kernel cannot execute it.

What happens
------------
The runtime looks for the first word in the image: it is missing, a directory or not executable,
built for another machine, lacks its dynamic loader (a program linked with glibc on Alpine), or is a
script whose interpreter is missing or whose first line ends in CR LF.

Why it hurts
------------
Each start ends in StartError, 126, 127 or 128, for ever.

How we know
-----------
The word is looked up in the layers as the runtime does it, with command and args of the manifest in
the place of ENTRYPOINT and CMD.

What else it could be
---------------------
A volume that brings the program; what lies below a mount of the container is left out.

Fix
---
What the message names: the right path, COPY --chmod=755, a static build, Unix line ends.

When the fix is wrong
---------------------
Nowhere: the container cannot run as it is.

References
----------
docs/specs/rules.md HF513, docs/specs/causes.md B01 to B03.
"""

from collections.abc import Iterator

from holdfast.lint.images import ImageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.image import Fault
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF513",
    "what the image starts cannot be executed",
    Severity.HIGH,
    Confidence.MEASURE,
    prevents=("B01", "B02", "B03", "A34"),
)

_MENDING = {
    Fault.NOTHING: "ENTRYPOINT or CMD in the image, or command in the manifest",
    Fault.MISSING: "the path under which the image has the program",
    Fault.DIRECTORY: "the path of the program and not of its directory",
    Fault.NOT_EXECUTABLE: "COPY --chmod=755, or RUN chmod +x in the layer that brings it",
    Fault.WRONG_MACHINE: "docker buildx build --platform for the architecture of the nodes",
    Fault.NO_INTERPRETER: "an interpreter that the image has, such as #!/bin/sh",
    Fault.NO_LOADER: "a static build (CGO_ENABLED=0), or a base image with the same C library",
    Fault.CRLF: "Unix line ends: dos2unix, or eol=lf in .gitattributes",
}


def check_image(image: ImageSubject) -> Iterator[Problem]:
    """The first process, with what the manifest says of it."""
    first = image.first
    if first.fault is None or any("$(" in word for word in first.words[:1]):
        return
    if first.words and image.is_covered(first.path or first.words[0]):
        return
    path = ("command", 0) if image.container is not None and image.container.spec.command else ()
    yield image.problem(first.fault_words, *path, fix=Fix(_MENDING[first.fault]))
