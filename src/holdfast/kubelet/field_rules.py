"""Rules for single values of a pod: names, ports and numbers.

Source: k8s.io/apimachinery v1.36.2 pkg/util/validation/validation.go.
"""

from collections.abc import Iterator

from holdfast.kubelet.violation import Violation, invalid
from holdfast.model.regex import regex

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
_LABEL = regex(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LABEL_LENGTH = 63
_LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_SUBDOMAIN = regex(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_SUBDOMAIN_LENGTH = 253
_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    r"for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_PORT_NAME, _LETTER = regex(r"[-a-z0-9]+"), regex(r"[a-z]")
_PORT_NAME_LENGTH = 15
NEGATIVE = "must be greater than or equal to 0"


def check_label(path: str, name: str) -> Iterator[Violation]:
    """A DNS label, such as the name of a container."""
    if len(name.encode()) > _LABEL_LENGTH:
        yield invalid(path, name, f"must be no more than {_LABEL_LENGTH} bytes")
    if _LABEL.fullmatch(name) is None:
        yield invalid(path, name, _LABEL_RULE)


def check_subdomain(path: str, name: str) -> Iterator[Violation]:
    """A DNS subdomain, such as the name of a pod."""
    if len(name.encode()) > _SUBDOMAIN_LENGTH:
        yield invalid(path, name, f"must be no more than {_SUBDOMAIN_LENGTH} bytes")
    if _SUBDOMAIN.fullmatch(name) is None:
        yield invalid(path, name, _SUBDOMAIN_RULE)


def check_port_number(path: str, port: int) -> Iterator[Violation]:
    """1 to 65535."""
    if not 1 <= port <= 65535:
        yield invalid(path, port, "must be between 1 and 65535, inclusive")


def check_port_name(path: str, name: str) -> Iterator[Violation]:
    """A name of a port (RFC 6335)."""
    if len(name) > _PORT_NAME_LENGTH:
        yield invalid(path, name, f"must be no more than {_PORT_NAME_LENGTH} bytes")
    if _PORT_NAME.fullmatch(name) is None:
        yield invalid(
            path, name, "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
        )
    if _LETTER.search(name) is None:
        yield invalid(path, name, "must contain at least one letter (a-z)")
    if "--" in name:
        yield invalid(path, name, "must not contain consecutive hyphens")
    if name.startswith("-") or name.endswith("-"):
        yield invalid(path, name, "must not begin or end with a hyphen")


def check_port(path: str, port: int | str) -> Iterator[Violation]:
    """A number or a name."""
    if isinstance(port, int):
        yield from check_port_number(path, port)
    else:
        yield from check_port_name(path, port)


def check_not_negative(path: str, value: int) -> Iterator[Violation]:
    """A number of 32 bits from 0 on."""
    if value < 0:
        yield invalid(path, value, NEGATIVE)
    yield from check_int32(path, value)


def check_int32(path: str, value: int) -> Iterator[Violation]:
    """The API server cannot even read a number that does not fit its type."""
    if not INT32_MIN <= value <= INT32_MAX:
        yield invalid(path, value, "must be a 32-bit integer")


def check_int64(path: str, value: int) -> Iterator[Violation]:
    """The same for fields of 64 bits."""
    if not INT64_MIN <= value <= INT64_MAX:
        yield invalid(path, value, "must be a 64-bit integer")
