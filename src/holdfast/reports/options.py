"""What the caller decides about a report: everything that a pure function cannot find out itself.

Rules: the command line asks the terminal for its width and colours and passes them on; a report
never looks at a terminal, the environment or a clock.
"""

import msgspec


class RenderOptions(msgspec.Struct, frozen=True):
    """How to print a diagnosis.

    `width` counts columns, `version` is that of holdfast. `show_quiet` includes what needs nobody.
    `max_findings` None means all.
    """

    width: int = 100
    color: bool = False
    show_quiet: bool = False
    version: str = ""
    max_findings: int | None = None
