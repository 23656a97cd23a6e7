"""Workflow commands of GitHub Actions: annotations at a place of a file.

Source: GitHub Actions, workflow commands; `%`, carriage return, line feed and, in properties,
`:` and `,` are percent-encoded.
"""


def annotation(level: str, text: str, **properties: str | int) -> str:
    """One command; `level` is error, warning or notice."""
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{level} {told}::{_text(text)}"


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
