"""What a driver may skip: answers depend on the moment only, and change when it is said they do."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulation.processes import CAT, GRPC, HEALTH, STARTED, TCP, probe, process

from holdfast.kubelet.inputs import Outcome
from holdfast.model.container import Probe

PROBES = (HEALTH, TCP, GRPC, CAT, probe(httpGet={"port": 8080, "path": "/x"}, timeoutSeconds=3))
TENTHS = st.integers(1, 400).map(lambda n: f"{n * 100}ms")


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Workloads with everything that changes an answer."""
    spell = st.fixed_dictionaries(
        {"from": TENTHS}, optional={"for": TENTHS, "clock": st.sampled_from(("process", "world"))}
    )

    def entries(**more: Any) -> Any:
        extra = st.fixed_dictionaries({}, optional=more)
        return st.lists(st.tuples(spell, extra).map(lambda two: {**two[0], **two[1]}), max_size=3)

    latency = st.sampled_from(
        ("5ms", "2s", {"median": "50ms", "p99": "900ms"}, {"min": "10ms", "max": "300ms"})
    )
    answer = entries(
        code=st.sampled_from((200, 302, 404, 503)), latency=latency,
        hang=st.sampled_from(("headers", "body")), redirect=st.sampled_from(("/y", "//b/")),
    )  # fmt: skip
    document: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "start": st.fixed_dictionaries({"wall": TENTHS}),
                "latency": latency,
                "answers": st.dictionaries(st.sampled_from(("/health", "/x", "*")), answer),
                "grpc": st.dictionaries(
                    st.sampled_from(("", "*")), entries(status=st.just("NOT_SERVING"))
                ),
                "exec": st.dictionaries(
                    st.just("cat /tmp/ok"), entries(exit=st.integers(0, 2), takes=latency)
                ),
                "unreachable": entries(how=st.sampled_from(("refuses", "drops"))),
                "stuck": entries(),
                "pauses": latency.map(_pauses),
                "cpu": st.fixed_dictionaries({"demand": entries(cores=st.just(3))}).map(
                    _with_cores
                ),
                "needs": st.just({"db": {"whileRunning": "fail", "atStart": "wait"}}),
            },
        )
    )
    return document


def _pauses(length: object) -> dict[str, Any]:
    return {"every": {"min": "2s", "max": "9s"}, "for": length}


def _with_cores(cpu: dict[str, Any]) -> dict[str, Any]:
    return {"demand": [{"cores": 2, **entry} for entry in cpu["demand"]]}


@settings(max_examples=80, deadline=None)
@given(
    documents(),
    st.sampled_from(PROBES),
    st.integers(0, 500),
    st.sampled_from((None, "20m", "1")),
    st.floats(0, 1, exclude_max=True),
    st.none() | st.integers(0, 300),
)
def test_outcome_is_the_same_until_it_is_said_to_change(
    document: dict[str, Any],
    asked: Probe,
    tenth: int,
    cpu: str | None,
    chance: float,
    term: int | None,
) -> None:
    """A driver passes over the probes until then: one that came out otherwise would be lost."""
    down = {"db": {"outages": [{"from": "130s", "every": "25s", "for": "4s"}]}}
    limits: dict[str, str | int | float] | None = {"cpu": cpu} if cpu else None
    app = process(document, limits=limits, dependencies=down, chance=chance)
    now = STARTED + tenth / 10
    if term is not None and term <= tenth:
        app.on_term(STARTED + term / 10)

    first = app.answer(asked, now)
    until = app.steady_until(asked, now, first.outcome)

    assert until >= now
    for step in range(1, 120):
        later = now + step * asked.period
        if later < until:
            assert app.answer(asked, later).outcome is first.outcome, (later, until)
        # Of a success only the ticks are meant, of a failure every moment.
        between = now + step * 0.37
        if between < until and first.outcome is Outcome.FAILURE:
            assert app.answer(asked, between).outcome is first.outcome, (between, until)


@settings(max_examples=30, deadline=None)
@given(documents(), st.sampled_from(PROBES), st.integers(0, 500))
def test_answer_does_not_depend_on_what_was_asked_before(
    document: dict[str, Any], asked: Probe, tenth: int
) -> None:
    """Skipped probes leave no trace in those that are asked."""
    down = {"db": {"outages": [{"from": "130s", "every": "25s", "for": "4s"}]}}
    fresh, busy = (process(document, dependencies=down) for _ in range(2))
    for step in range(20):
        busy.answer(asked, STARTED + step)

    assert busy.answer(asked, STARTED + tenth / 10) == fresh.answer(asked, STARTED + tenth / 10)


def test_hang_is_not_steady_before_its_end() -> None:
    """Who asks near the end of a hang is answered in time, who asks early is not."""
    app = process({"stuck": [{"from": "100ms", "for": "1100ms"}]})
    asked, late = STARTED + 0.2, STARTED + 0.7

    assert app.answer(HEALTH, asked).outcome is not app.answer(HEALTH, late).outcome
    assert app.steady_until(HEALTH, asked, Outcome.FAILURE) <= late
