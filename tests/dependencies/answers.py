"""What servers answer: bytes as the protocols' documents lay them out, and what they mean."""

from typing import NamedTuple

from holdfast.dependencies import verdict as v


class Answer(NamedTuple):
    """A URL, the bytes that arrive (one piece for each wait), and the state they mean."""

    name: str
    url: str
    pieces: tuple[bytes, ...]
    state: str
    login: bool = False


def pg_message(kind: bytes, body: bytes) -> bytes:
    """One message of PostgreSQL."""
    return kind + (len(body) + 4).to_bytes(4, "big") + body


def pg_error(sqlstate: str, message: str) -> bytes:
    """An ErrorResponse."""
    fields = [b"SFATAL", b"VFATAL", b"C" + sqlstate.encode(), b"M" + message.encode()]
    return pg_message(b"E", b"\0".join(fields) + b"\0\0")


def mysql_packet(number: int, payload: bytes) -> bytes:
    """One packet of MySQL."""
    return len(payload).to_bytes(3, "little") + bytes((number,)) + payload


def mysql_error(number: int, code: int, message: str) -> bytes:
    """An error packet."""
    return mysql_packet(number, b"\xff" + code.to_bytes(2, "little") + b"#08004" + message.encode())


def amqp_frame(method: tuple[int, int], arguments: bytes) -> bytes:
    """A method frame on channel 0."""
    payload = method[0].to_bytes(2, "big") + method[1].to_bytes(2, "big") + arguments
    return b"\x01\0\0" + len(payload).to_bytes(4, "big") + payload + b"\xce"


def amqp_close(code: int, text: str) -> bytes:
    """Connection.Close."""
    data = text.encode()
    return amqp_frame((10, 50), code.to_bytes(2, "big") + bytes((len(data),)) + data + bytes(4))


def kafka_response(correlation: int, body: bytes) -> bytes:
    """One response."""
    data = correlation.to_bytes(4, "big") + body
    return len(data).to_bytes(4, "big") + data


def kafka_brokers(count: int) -> bytes:
    """A Metadata v1 response with so many brokers."""
    one = b"\0\0\0\1\0\4host\0\0\x23\x84\xff\xff"
    return kafka_response(2, count.to_bytes(4, "big") + one * count + b"\0\0\0\1\0\0\0\0")


def http2_frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """One frame."""
    head = len(payload).to_bytes(3, "big") + bytes((kind, flags))
    return head + stream.to_bytes(4, "big") + payload


def grpc_health(status: int) -> bytes:
    """SETTINGS, headers and a HealthCheckResponse."""
    message = b"\x08" + bytes((status,)) if status else b""
    body = b"\0" + len(message).to_bytes(4, "big") + message
    headers = b"\x88\x40\x0ccontent-type\x10application/grpc"
    return (
        http2_frame(4, 0, 0, b"\0\3\0\0\0\x64")
        + http2_frame(1, 4, 1, headers)
        + http2_frame(0, 0, 1, body)
    )


def grpc_status(block: bytes) -> bytes:
    """SETTINGS and an answer that is nothing but trailers."""
    return http2_frame(4, 0, 0, b"") + http2_frame(1, 5, 1, b"\x88" + block)


PG_TRUST = (
    pg_message(b"R", bytes(4))
    + pg_message(b"S", b"server_version\x0015.18\0")
    + pg_message(b"K", bytes(8))
    + pg_message(b"Z", b"I")
)
MYSQL_GREETING = mysql_packet(
    0, b"\x0a10.11.19-MariaDB\0" + bytes(4) + b"12345678\0" + bytes(20) + b"mysql_native_password\0"
)
AMQP_START = amqp_frame((10, 10), b"\0\x09\0\0\0\0" + b"\0\0\0\5PLAIN\0\0\0\5en_US")
AMQP_TUNE = amqp_frame((10, 30), b"\7\xff\0\2\0\0\0\x3c")
NATS_INFO = b'INFO {"server_id":"N","version":"2.9.10","max_payload":1048576}\r\n'
NATS_AUTH = b'INFO {"server_id":"N","auth_required":true}\r\n'
API_VERSIONS = kafka_response(1, b"\0\0" + b"\0\0\0\1" + b"\0\x12\0\0\0\3")
GRPC = "grpc://h:1/shop.Cart"
# "grpc-status: 12", Huffman coded as gRPC servers write it, and as plain text.
STATUS_12_CODED = b"\0" + b"\x88" + bytes.fromhex("9acac8b21234da8f") + b"\x82" + b"\x08\xbf"
STATUS_5_PLAIN = b"\x40\x0bgrpc-status\x015"

ANSWERS = (
    Answer(
        "asks for SCRAM", "postgres://h", (pg_message(b"R", b"\0\0\0\x0aSCRAM-SHA-256\0\0"),), v.UP
    ),
    Answer("trusts", "postgres://h/app", (PG_TRUST,), v.UP),
    Answer(
        "57P03",
        "postgres://h",
        (pg_error("57P03", "the database system is starting up"),),
        v.STARTING,
    ),
    Answer("57P01", "postgres://h", (pg_error("57P01", "terminating"),), v.STARTING),
    Answer(
        "53300", "postgres://h", (pg_error("53300", "sorry, too many clients already"),), v.FULL
    ),
    Answer(
        "3D000",
        "postgres://h/x",
        (pg_message(b"R", bytes(4)) + pg_error("3D000", "no x"),),
        v.MISSING,
    ),
    Answer("28000", "postgres://h", (pg_error("28000", "no pg_hba.conf entry"),), v.UP),
    Answer("XX000", "postgres://h", (pg_error("XX000", "out of luck"),), v.FAILING),
    Answer("HTTP", "postgres://h", (b"HTTP/1.1 400 Bad Request\r\n\r\n",), v.WRONG_PROTOCOL),
    Answer("denies", "mysql://h", (MYSQL_GREETING, mysql_error(2, 1045, "Access denied")), v.UP),
    Answer("accepts", "mysql://h", (MYSQL_GREETING, mysql_packet(2, b"\0\0\0\2\0\0\0")), v.UP),
    Answer(
        "switches",
        "mariadb://h",
        (
            MYSQL_GREETING,
            mysql_packet(2, b"\xfecaching_sha2_password\0x"),
            mysql_error(4, 1045, "no"),
        ),
        v.UP,
    ),
    Answer("1040", "mysql://h", (mysql_error(0, 1040, "Too many connections"),), v.FULL),
    Answer("1129", "mysql://h", (mysql_error(0, 1129, "Host is blocked"),), v.DENIED),
    Answer("1130", "mysql://h", (mysql_packet(0, b"\xff\x6a\x04Host not allowed"),), v.DENIED),
    Answer("1053", "mysql://h", (MYSQL_GREETING, mysql_error(2, 1053, "shutdown")), v.STARTING),
    Answer("Redis", "mysql://h", (b"-ERR unknown command\r\n",), v.WRONG_PROTOCOL),
    Answer("pong", "redis://h", (b"+PONG\r\n",), v.UP),
    Answer("noauth", "redis://h", (b"-NOAUTH Authentication required.\r\n",), v.UP),
    Answer("loading", "redis://h", (b"-LOADING Redis is loading the dataset\r\n",), v.STARTING),
    Answer("master down", "redis://h", (b"-MASTERDOWN Link with MASTER is down\r\n",), v.STARTING),
    Answer("clients", "redis://h", (b"-ERR max number of clients reached\r\n",), v.FULL),
    Answer(
        "protected", "redis://h", (b"-DENIED Redis is running in protected mode\r\n",), v.DENIED
    ),
    Answer("misconf", "redis://h", (b"-MISCONF Errors writing to disk\r\n",), v.FAILING),
    Answer("login", "redis://:p@h/2", (b"+OK\r\n", b"+OK\r\n", b"+PONG\r\n"), v.UP, login=True),
    Answer(
        "wrongpass", "redis://u:p@h", (b"-WRONGPASS invalid\r\n",), v.WRONG_CREDENTIALS, login=True
    ),
    Answer(
        "noauth at login", "redis://h", (b"-NOAUTH needed\r\n",), v.WRONG_CREDENTIALS, login=True
    ),
    Answer(
        "no such index",
        "redis://h/99",
        (b"-ERR DB index is out of range\r\n",),
        v.MISSING,
        login=True,
    ),
    Answer("POP3", "redis://h", (b"+OK POP3 ready\r\n",), v.WRONG_PROTOCOL),
    Answer("start", "amqp://h", (AMQP_START,), v.UP),
    Answer("1.0", "amqp://h", (b"AMQP\x03\x01\x00\x00",), v.WRONG_PROTOCOL),
    Answer(
        "login",
        "amqp://u:p@h/v",
        (AMQP_START, AMQP_TUNE, amqp_frame((10, 41), b"\0")),
        v.UP,
        login=True,
    ),
    Answer(
        "403",
        "amqp://u:p@h",
        (AMQP_START, amqp_close(403, "ACCESS_REFUSED")),
        v.WRONG_CREDENTIALS,
        login=True,
    ),
    Answer(
        "530",
        "amqp://u:p@h/v",
        (AMQP_START, AMQP_TUNE, amqp_close(530, "NOT_ALLOWED - vhost v not found")),
        v.MISSING,
        login=True,
    ),
    Answer("pong", "nats://h", (NATS_INFO, b"PONG\r\n"), v.UP),
    Answer("auth", "nats://h", (NATS_AUTH,), v.UP),
    Answer("login", "nats://u:p@h", (NATS_AUTH, b"PONG\r\n"), v.UP, login=True),
    Answer(
        "violation",
        "nats://t@h",
        (NATS_AUTH, b"-ERR 'Authorization Violation'\r\n"),
        v.WRONG_CREDENTIALS,
        login=True,
    ),
    Answer("full", "nats://h", (b"-ERR 'maximum connections exceeded'\r\n",), v.FULL),
    Answer("SSH", "nats://h", (b"SSH-2.0-OpenSSH_9.2\r\n",), v.WRONG_PROTOCOL),
    Answer("brokers", "kafka://h", (API_VERSIONS, kafka_brokers(3)), v.UP),
    Answer("few", "kafka://h?min_brokers=3", (API_VERSIONS, kafka_brokers(2)), v.STARTING),
    Answer("none", "kafka://h", (API_VERSIONS, kafka_brokers(0)), v.STARTING),
    Answer("SASL", "kafka://h", (API_VERSIONS, b""), v.UP),
    Answer("error", "kafka://h", (kafka_response(1, b"\0\x23\0\0\0\0"),), v.FAILING),
    Answer("HTTP", "kafka://h", (b"HTTP/1.1 400 Bad Request\r\n",), v.WRONG_PROTOCOL),
    Answer("200", "http://h", (b"HTTP/1.1 200 OK\r\n",), v.UP),
    Answer("302", "http://h", (b"HTTP/1.0 302 Found\r\n",), v.UP),
    Answer("401", "http://h", (b"HTTP/1.1 401 Unauthorized\r\n",), v.WRONG_CREDENTIALS),
    Answer("404", "http://h", (b"HTTP/1.1 404 Not Found\r\n",), v.FAILING),
    Answer("503", "http://h", (b"HTTP/1.1 503 Service Unavailable\r\n",), v.STARTING),
    Answer("no reason", "http://h", (b"HTTP/1.1 204\r\n",), v.UP),
    Answer("Redis", "http://h", (b"-ERR wrong number of arguments\r\n",), v.WRONG_PROTOCOL),
    Answer("serving", GRPC, (grpc_health(1),), v.UP),
    Answer("not serving", GRPC, (grpc_health(2),), v.STARTING),
    Answer("unknown", GRPC, (grpc_health(0),), v.STARTING),
    Answer("unimplemented", GRPC, (grpc_status(STATUS_12_CODED),), v.MISSING),
    Answer("not found", GRPC, (grpc_status(STATUS_5_PLAIN),), v.STARTING),
    Answer(
        "goaway", GRPC, (http2_frame(4, 0, 0, b"") + http2_frame(7, 0, 0, bytes(8)),), v.STARTING
    ),
    Answer("reset", GRPC, (http2_frame(4, 0, 0, b"") + http2_frame(3, 0, 1, bytes(4)),), v.FAILING),
    Answer("HTTP/1", GRPC, (b"HTTP/1.1 400 Bad Request\r\n\r\n",), v.WRONG_PROTOCOL),
)
