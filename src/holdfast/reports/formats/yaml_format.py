"""The JSON document as YAML.

Rules: PyYAML writes it and decides what needs quotes. It is imported on use, because the other
formats do not need it, and only its writer of text is called: nothing is read here.
"""

from typing import Any

import msgspec

from holdfast.model.finding import Diagnosis
from holdfast.reports.options import RenderOptions
from holdfast.reports.publish import publish

NAME = "yaml"


def render(diagnosis: Diagnosis, options: RenderOptions) -> str:
    """One YAML document with the same data and order as `-o json`."""
    import yaml

    class Writer(yaml.SafeDumper):
        """Writes texts of several lines, such as diffs, as literal blocks."""

        def represent_text(self, text: str) -> yaml.ScalarNode:
            """A literal block where that is possible; PyYAML falls back to quotes by itself."""
            style = "|" if "\n" in text else None
            return self.represent_scalar("tag:yaml.org,2002:str", text, style)

        def ignore_aliases(self, data: Any) -> bool:
            """No anchors: the same fact may stand in several places."""
            del data
            return True

    Writer.add_representer(str, Writer.represent_text)
    data = msgspec.to_builtins(publish(diagnosis, options.version))
    return yaml.dump(data, Dumper=Writer, sort_keys=False, allow_unicode=True, width=10_000)
