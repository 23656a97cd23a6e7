"""URLs that do not stand on the command line, where every user of the node can read them."""

from os import environ

from holdfast.arguments.errors import USAGE, CommandLineError

_LARGEST_FILE_BYTES = 64 * 1024


def from_environment(names: "list[str]") -> "list[str]":
    """The values of these variables. Raises CommandLineError for one that is empty."""
    for name in names:
        if not environ.get(name, "").strip():
            raise CommandLineError(
                USAGE,
                "reading URLs",
                f"--env {name}",
                "a variable that is not set, or empty; expected a URL",
                "set it in `env` or `envFrom` of the container",
            )
    return [environ[name] for name in names]


def from_files(paths: "list[str]") -> "list[str]":
    """The lines of these files, without comments (#).

    Raises CommandLineError for a file without any.
    """
    urls: list[str] = []
    for path in paths:
        try:
            with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib costs 10 ms
                lines = file.read(_LARGEST_FILE_BYTES).splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise _no_urls(path, f"it cannot be read: {error.__class__.__name__}") from None
        found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        if not found:
            raise _no_urls(path, "no URL in it")
        urls += found
    return urls


def _no_urls(path: str, found: str) -> CommandLineError:
    return CommandLineError(
        USAGE,
        "reading URLs",
        f"--file {path}",
        f"{found}; expected one URL a line",
        "check the mount and the key of the Secret",
    )
