"""--fix and --diff: what rules would change in the user's files.

Rules: only edits of the wanted safety are made, never two that touch one place in one pass; after
each pass the files are examined anew, so that what one edit brings about is seen. A file that can
no longer be read as before is left as it was.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec

from holdfast.cli.inspect_files import Wanted, inspect
from holdfast.cli.manifest_files import TextFile
from holdfast.fixes.edits import apply_edits, text_diff
from holdfast.model.edit import Edit, Safety
from holdfast.model.errors import HoldfastError
from holdfast.model.hazard import Hazard, Inspection, Unexamined
from holdfast.sources.dockerfile.read_dockerfile import read_dockerfile
from holdfast.sources.manifest_stream import read_stream

# An edit may uncover a hazard whose edit uncovers another; rules do not go in circles for longer.
_MOST_PASSES = 10


class MendError(HoldfastError):
    """A file that cannot be written."""


class Mended(msgspec.Struct, frozen=True):
    """A file before and after, and how many hazards are gone."""

    file: str
    before: str
    after: str
    hazards: int

    @property
    def diff(self) -> str:
        """As a unified diff."""
        return text_diff(self.file, self.before, self.after)


def mend(
    files: Iterable[TextFile], wanted: Wanted, safeties: frozenset[Safety]
) -> tuple[tuple[Mended, ...], Inspection]:
    """The files that change, and what is left to find in all of them."""
    files = list(files)
    before = {file.name: file.text for file in files}
    texts = dict(before)
    counts: dict[str, int] = defaultdict(int)
    left_alone: set[str] = set()
    for _ in range(_MOST_PASSES):
        inspection = _inspect(files, texts, wanted)
        chosen = _choose(inspection.hazards, safeties, left_alone)
        if not chosen:
            break
        for file, groups in chosen.items():
            after = apply_edits(texts[file], [edit for group in groups for edit in group])
            if _shape(file, after) != _shape(file, texts[file]):
                left_alone.add(file)
                continue
            texts[file] = after
            counts[file] += len(groups)
    changed = tuple(
        Mended(file, before[file], text, counts[file])
        for file, text in texts.items()
        if text != before[file]
    )
    return changed, _inspect(files, texts, wanted)


def write(mended: Mended) -> None:
    """Put the new text in the place of the old one; raises MendError where that loses anything."""
    path = Path(mended.file)
    try:
        if path.read_bytes() != mended.before.encode():
            raise MendError(
                "mending a manifest",
                mended.file,
                "the file is no UTF-8, or has changed meanwhile; expected what was examined",
                "run the same command again, or take the change from --diff",
            )
        path.write_bytes(mended.after.encode())
    except OSError as error:
        raise MendError(
            "mending a manifest",
            mended.file,
            f"{error.strerror or error}; expected a file that can be written",
            "check its permissions, or take the change from --diff",
        ) from error


def _inspect(files: Iterable[TextFile], texts: dict[str, str], wanted: Wanted) -> Inspection:
    return inspect([msgspec.structs.replace(file, text=texts[file.name]) for file in files], wanted)


def _choose(
    hazards: Iterable[Hazard], safeties: frozenset[Safety], left_alone: set[str]
) -> dict[str, list[list[Edit]]]:
    """Edits by file, one list for each hazard, no two of which touch."""
    chosen: dict[str, list[list[Edit]]] = defaultdict(list)
    for hazard in hazards:
        mending = hazard.mending
        if mending is None or mending.safety not in safeties:
            continue
        for file in dict.fromkeys(edit.file for edit in mending.edits):
            edits = list(dict.fromkeys(edit for edit in mending.edits if edit.file == file))
            taken = [edit for group in chosen[file] for edit in group]
            if file not in left_alone and not _touch(edits, taken):
                chosen[file].append(edits)
    return {file: groups for file, groups in chosen.items() if groups}


def _touch(edits: list[Edit], taken: list[Edit]) -> bool:
    return any(
        one.span.start <= other.span.end and other.span.start <= one.span.end
        for one in edits
        for other in taken
    )


def _shape(file: str, text: str) -> list[bool]:
    """Which documents of a text can be read; of a Dockerfile, whether it has no fault."""
    if TextFile(file, text).is_dockerfile:
        return [not read_dockerfile(text, file).faults]
    return [not isinstance(one, Unexamined) for one in read_stream(text, "")]
