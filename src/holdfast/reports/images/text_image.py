"""An image as text: its layers as a table, then what it wastes, starts, stops and needs."""

import textwrap
from collections.abc import Iterable, Iterator

from holdfast.model.image import Image
from holdfast.model.image_comparison import ImageAnswer
from holdfast.reports.hazard_lines import hazard_lines
from holdfast.reports.image_story import (
    Part,
    Table,
    comparison_parts,
    headline,
    image_parts,
    layer_table,
)
from holdfast.reports.ink import Ink, paint
from holdfast.reports.options import RenderOptions

_LABEL_WIDTH = 11
_LEAST_WORDS = 20


def render(answer: ImageAnswer, options: RenderOptions) -> str:
    """All images, then the comparison or the hazards."""
    lines: list[str] = []
    for image in answer.images:
        lines += [*_image(image, options), ""]
    if answer.comparison is not None:
        before, after = (image.name for image in answer.images)
        lines += [paint(f"from {before} to {after}", Ink.STRONG, color=options.color)]
        lines += [*_parts(comparison_parts(answer.comparison), options), ""]
    for hazard in answer.hazards:
        lines += [*hazard_lines(hazard, options), ""]
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def _image(image: Image, options: RenderOptions) -> Iterator[str]:
    yield paint(headline(image), Ink.STRONG, color=options.color)
    yield ""
    yield from _table(layer_table(image), options.width)
    yield ""
    yield from _parts(image_parts(image), options)


def _table(table: Table, width: int) -> Iterator[str]:
    columns = list(zip(table.head, *table.rows, strict=True))
    widths = [max(map(len, column)) for column in columns[:-1]]
    left = max(_LEAST_WORDS, width - sum(widths) - 2 * len(widths) - 2)
    for row in (table.head, *table.rows):
        numbers = "  ".join(cell.rjust(wide) for cell, wide in zip(row, widths, strict=False))
        words = row[-1] if len(row[-1]) <= left else f"{row[-1][: left - 1]}…"
        yield f"  {numbers}  {words}"


def _parts(parts: Iterable[Part], options: RenderOptions) -> Iterator[str]:
    for part in parts:
        words = list(_wrapped(part.words, options.width)) or [""]
        label = paint(f"{part.title:<{_LABEL_WIDTH}}", Ink.FAINT, color=options.color)
        yield f"  {label}{words[0]}"
        yield from (f"  {'':<{_LABEL_WIDTH}}{line}" for line in words[1:])
        wide = max((len(row.label) for row in part.rows), default=0)
        for row in part.rows:
            first, *others = _wrapped(row.words, options.width - wide - 4)
            yield f"  {'':<{_LABEL_WIDTH}}  {row.label:<{wide}}  {first}"
            yield from (f"  {'':<{_LABEL_WIDTH}}  {'':<{wide}}  {line}" for line in others)


def _wrapped(text: str, width: int) -> list[str]:
    wide = max(_LEAST_WORDS, width - _LABEL_WIDTH - 2)
    return textwrap.wrap(text, wide, break_on_hyphens=False)
