"""The error of this layer: a dependency that is named in a way that cannot be asked."""


class TargetError(ValueError):
    """A URL or address that cannot be used, in four parts; it never quotes a secret.

    The waiter turns it into exit code 2; in a service it is raised when the check is made, so that
    a wrong setting stops the start and not the first probe.
    """

    def __init__(self, where: str, found: str, next_step: str) -> None:
        """Keep the parts: where (a masked URL), what was found against expected, what to do."""
        super().__init__(where, found, next_step)
        self.doing = "reading the address of a dependency"
        self.where = where
        self.found = found
        self.next_step = next_step

    def __str__(self) -> str:
        """The parts as people read them."""
        return f"{self.doing}: {self.where}\n  found: {self.found}\n  next: {self.next_step}"
