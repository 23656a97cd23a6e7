"""An image as Markdown, for comments of merge requests."""

from collections.abc import Iterator

from holdfast.model.image_comparison import ImageAnswer
from holdfast.reports.hazard_table import hazard_table
from holdfast.reports.image_story import Part, comparison_parts, headline, image_parts, layer_table
from holdfast.reports.markdown_text import escaped, escaped_html
from holdfast.reports.options import RenderOptions


def render(answer: ImageAnswer, options: RenderOptions) -> str:
    """The comparison first where there is one, each image folded up then."""
    del options
    lines = ["## holdfast image", ""]
    if answer.comparison is not None:
        for part in comparison_parts(answer.comparison):
            lines += [*_part(part), ""]
    for image in answer.images:
        table = layer_table(image)
        body = [
            f"| {' | '.join(table.head)} |",
            f"|{'--:|' * (len(table.head) - 1)}---|",
            *(f"| {' | '.join(map(escaped, row))} |" for row in table.rows),
            "",
        ]
        for part in image_parts(image):
            body += [*_part(part), ""]
        if answer.comparison is None:
            lines += [f"### {escaped(headline(image))}", "", *body]
        else:
            summary = f"<summary>{escaped_html(headline(image))}</summary>"
            lines += [f"<details>{summary}", "", *body, "</details>", ""]
    if answer.hazards:
        lines += [*hazard_table(answer.hazards), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _part(part: Part) -> Iterator[str]:
    yield f"**{part.title}**: {escaped(part.words)}" if part.words else f"**{part.title}**"
    if part.rows:
        yield ""
    for row in part.rows:
        label = f"{escaped(row.label)}: " if row.label else ""
        yield f"- {label}{escaped(row.words)}"
