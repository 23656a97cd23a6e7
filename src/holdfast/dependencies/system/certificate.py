"""Days until a certificate expires: of a file, or of the one that a server shows.

Source of the mark: 14 days is the default of Spring Boot's SSL health indicator
(`management.health.ssl.certificate-validity-warning-threshold`). The end of validity is read from
DER (RFC 5280, section 4.1); the standard library decodes certificates of verified peers only.
"""

import binascii
import socket
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from holdfast.dependencies.check import Check
from holdfast.dependencies.errors import TargetError
from holdfast.dependencies.judge_error import judge_error
from holdfast.dependencies.system.marks import check_marks, judge_left
from holdfast.dependencies.target import parse_target
from holdfast.dependencies.verdict import FAILING, Verdict

_WARN_DAYS = 14.0
_FAIL_DAYS = 0.0
_DAY_SECONDS = 86400.0
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_SEQUENCE, _INTEGER, _VERSION, _UTC_TIME, _GENERALIZED_TIME = 0x30, 0x02, 0xA0, 0x17, 0x18
# RFC 5280, section 4.1.2.5.1: two-digit years from 50 on belong to the last century.
_CENTURY_BREAK = 50


def certificate(
    address: str | None = None,
    *,
    file: str | None = None,
    warn_days: float = _WARN_DAYS,
    fail_days: float = _FAIL_DAYS,
    timeout: float = 2.0,
    name: str = "certificate",
) -> Check:
    """HOST:PORT of a TLS server, or a file in PEM: of a chain, the first to expire counts."""
    check_marks(name, warn_days, fail_days, falling=True)
    if (address is None) == (file is None):
        raise ValueError(f"check {name!r}: give either an address or a file")
    ends = _of_server(address, timeout) if address is not None else _of_file(Path(file or ""))
    return Check(name, "system", timeout, ask_blocking=lambda: _judge(ends, warn_days, fail_days))


def _judge(ends: Callable[[], float], warn: float, fail: float) -> Verdict:
    try:
        end = ends()
    except (OSError, ssl.SSLError) as error:
        return judge_error(error)
    except ValueError as error:
        return Verdict(FAILING, str(error))
    days = (end - time.time()) / _DAY_SECONDS
    day = datetime.fromtimestamp(end, UTC).date().isoformat()
    said = f"valid until {day}, {days:.0f} days" if days > 0 else f"expired on {day}"
    return judge_left(days, warn, fail, said)


def _of_server(address: str, timeout: float) -> Callable[[], float]:
    target = parse_target(address if "://" in address else f"tls://{address}")
    if not target.tls:
        raise TargetError(
            str(target), "a scheme without TLS; expected tls or https", "write tls://"
        )
    host, port = target.hosts[0]

    def ends() -> float:
        # An expired certificate is what is looked for: it has to be shown, not to end the session.
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with (
            socket.create_connection((host, port), timeout) as plain,
            context.wrap_socket(plain, server_hostname=host) as session,
        ):
            return end_of_validity(session.getpeercert(binary_form=True) or b"")

    return ends


def _of_file(path: Path) -> Callable[[], float]:
    def ends() -> float:
        parts = path.read_text(encoding="ascii", errors="replace").split(_BEGIN)[1:]
        if not parts:
            raise ValueError("the file holds no certificate in PEM")
        return min(end_of_validity(_decode(part.partition(_END)[0])) for part in parts)

    return ends


def _decode(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text)
    except binascii.Error:
        raise ValueError("the file holds a certificate that is no base64") from None


def end_of_validity(der: bytes) -> float:
    """Seconds since the epoch of notAfter. Raises ValueError for what is no certificate."""
    _, signed, _ = _element(der, _SEQUENCE)
    _, fields, _ = _element(signed, _SEQUENCE)
    if fields[:1] == bytes((_VERSION,)):
        _, _, fields = _element(fields, _VERSION)
    for kind in (_INTEGER, _SEQUENCE, _SEQUENCE):
        _, _, fields = _element(fields, kind)
    _, validity, _ = _element(fields, _SEQUENCE)
    _, _, rest = _element(validity, None)
    kind, text, _ = _element(rest, None)
    return _moment(kind, text.decode("ascii", "replace"))


def _moment(kind: int, text: str) -> float:
    if kind == _UTC_TIME:
        text = ("19" if text[:2] >= str(_CENTURY_BREAK) else "20") + text
    elif kind != _GENERALIZED_TIME:
        raise ValueError("the certificate has no end of validity")
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()


def _element(data: bytes, expected: int | None) -> tuple[int, bytes, bytes]:
    """Kind, content and what follows of one DER element."""
    if len(data) < 2 or (expected is not None and data[0] != expected):
        raise ValueError("the bytes are no X.509 certificate")
    length, start = data[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    if start + length > len(data):
        raise ValueError("the certificate is cut off")
    return data[0], data[start : start + length], data[start + length :]
