"""The help of `holdfast wait`, written from the table of its flags."""

from holdfast.arguments import usage as arguments
from holdfast.wait.flags import FLAGS

SUMMARY = "Wait until every dependency is there, then run a command."

_DETAILS = """
  URL is one of postgres:// mysql:// mariadb:// redis:// kafka:// amqp:// nats:// http:// https://
  grpc:// tcp:// tls:// dns:// unix://. All are asked side by side, with the greeting of their
  protocol: no driver, no credentials on the wire unless --login is given.

  Several hosts in one URL: one of them is enough. kafka://k1,k2?min_brokers=2 wants two brokers in
  the metadata. The command replaces this process, so that it receives SIGTERM itself.
"""
EXIT_CODES = (
    "Exit codes: 0 all ready (or that of CMD), 2 usage, 3 an error that waiting does not mend, "
    "124 time-out, 126 CMD cannot be executed, 127 CMD not found, 130 SIGINT, 143 SIGTERM."
)


def usage() -> str:
    """The whole text."""
    synopsis = "holdfast wait [OPTIONS] URL... [-- CMD [ARGUMENT]...]"
    return arguments.usage(synopsis, SUMMARY, _DETAILS, FLAGS, EXIT_CODES)
