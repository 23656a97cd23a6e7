"""The wait itself: all targets side by side on one thread, until each has been ready once.

Rules: one attempt in flight for each target. An error that waiting does not mend ends the whole
wait at once. The clock is monotonic, the time limit holds whatever the targets do.
"""

from select import poll
from time import monotonic

from holdfast.arguments.errors import USAGE
from holdfast.dependencies.verdict import UNASKABLE
from holdfast.wait.errors import PERMANENT, READY, TIMED_OUT
from holdfast.wait.question import Question
from holdfast.wait.schedule import is_slow, pause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.dependencies.target import Target
    from holdfast.dependencies.verdict import Verdict
    from holdfast.wait.flags import Options
    from holdfast.wait.report import Report

# poll(2) counts milliseconds in an int: 24 days are too many.
_LONGEST_REST_SECONDS = 3600.0


class _Row:
    """One target, and how far it got."""

    __slots__ = ("attempts", "due_at", "is_done", "last", "question", "slow_attempts", "target")

    def __init__(self, target: "Target", now: float) -> None:
        self.target = target
        self.question: Question | None = None
        self.last: Verdict | None = None
        self.due_at = now
        self.attempts = 0
        self.slow_attempts = 0
        self.is_done = False


def wait_for(targets: "list[Target]", options: "Options", report: "Report") -> int:
    """The exit code: READY, PERMANENT, USAGE (a driver is missing) or TIMED_OUT."""
    started = monotonic()
    deadline = started + options.timeout if options.timeout else float("inf")
    rows = [_Row(target, started) for target in targets]
    try:
        while True:
            now = monotonic()
            for row in rows:
                _step(row, options, now)
                code = _judge(row, options, report, started, now)
                if code is not None:
                    return code
            if all(row.is_done for row in rows):
                report.ready(len(rows), now - started, invert=options.invert)
                return READY
            if now >= deadline:
                return _time_is_up(rows, options, report, now, started)
            _rest(rows, now, deadline)
    finally:
        for row in rows:
            if row.question is not None:
                row.question.close()


def _step(row: _Row, options: "Options", now: float) -> None:
    """Begin the next attempt when it is due, or let time pass for the one that is under way."""
    if row.is_done:
        return
    if row.question is None:
        if now >= row.due_at:
            row.attempts += 1
            row.question = Question(
                row.target, options.until_migrated, now, options.attempt_timeout
            )
    else:
        row.question.expire(now)


def _judge(
    row: _Row, options: "Options", report: "Report", started: float, now: float
) -> int | None:
    """Take the verdict, if there is one; the exit code when it ends the wait."""
    verdict = row.question.verdict if row.question is not None else None
    if verdict is None:
        return None
    row.question = None
    changed = row.last is None or row.last.state != verdict.state
    row.last = verdict
    report.attempt(row.target, verdict, row.attempts, now - started, changed=changed)
    if verdict.up is not options.invert:
        row.is_done = True
        return None
    unaskable = verdict.state == UNASKABLE
    if verdict.permanent and not options.invert and (unaskable or not options.keep_trying):
        from holdfast.wait.endings import permanent

        code = USAGE if unaskable else PERMANENT
        report.failed(code, permanent(row.target, verdict), now - started)
        return code
    elapsed = now - started
    row.due_at = now + pause(elapsed, row.slow_attempts, options.interval)
    row.slow_attempts += is_slow(elapsed)
    return None


def _time_is_up(
    rows: "list[_Row]", options: "Options", report: "Report", now: float, started: float
) -> int:
    from holdfast.wait.endings import late

    for row in rows:
        if row.last is None and row.question is not None:
            row.question.give_up(now)
            row.last = row.question.verdict
    missing = [(row.target, row.last, row.attempts) for row in rows if not row.is_done]
    message = late(missing, len(rows), options.timeout, invert=options.invert)
    report.failed(TIMED_OUT, message, now - started)
    return TIMED_OUT


def _rest(rows: "list[_Row]", now: float, deadline: float) -> None:
    """Sleep until something answers, an attempt is due, or time is up."""
    waiting = poll()
    wake_at = deadline
    by_descriptor = {}
    for row in rows:
        if row.is_done:
            continue
        if row.question is None:
            wake_at = min(wake_at, row.due_at)
            continue
        wake_at = min(wake_at, row.question.wake_at)
        by_descriptor[row.question.fileno()] = row.question
        waiting.register(row.question.fileno(), row.question.events)
    seconds = min(max(0.0, wake_at - now), _LONGEST_REST_SECONDS)
    # A millisecond more than too little: poll rounds down, and would be called in a circle.
    for descriptor, _ in waiting.poll(seconds * 1000 + 1):
        by_descriptor[descriptor].advance(monotonic())
