"""The logs of a pod: the present life of each container and the one before, as a node keeps."""

from holdfast.rehearsal.output import Listener, Output

_KEPT_LIVES = 2


class Journal:
    """Outputs by container, oldest first."""

    def __init__(self) -> None:
        """Empty."""
        self.lives: dict[str, list[tuple[int, Output]]] = {}

    def open(self, container: str, number: int, listen: Listener) -> Output:
        """The output of a new life. One that could not be started gives its place to the next."""
        lives = [life for life in self.lives.get(container, []) if life[0] != number]
        output = Output(listen)
        self.lives[container] = [*lives, (number, output)][-_KEPT_LIVES:]
        return output
