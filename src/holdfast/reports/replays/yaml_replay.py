"""The JSON document as YAML; PyYAML writes it and is imported on use."""

import msgspec

from holdfast.model.simulated import Simulated
from holdfast.reports.options import RenderOptions
from holdfast.reports.replay_document import document

NAME = "yaml"


def render(simulated: Simulated, options: RenderOptions) -> str:
    """One YAML document with the same data and order as `-o json`."""
    import yaml

    data = msgspec.to_builtins(document(simulated, options.version))
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=10_000)
