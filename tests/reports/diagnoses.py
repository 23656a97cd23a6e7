"""Small diagnoses made by hand, each for one trait of a report."""

from collections.abc import Iterator
from typing import Any

import msgspec

from holdfast.model.agreement import Agreement, Comparison, Fact
from holdfast.model.edit import Change, Patch, Safety
from holdfast.model.evidence import Evidence, Grounds, Weight
from holdfast.model.finding import Diagnosis, Finding, Group, State, Subject
from holdfast.model.instant import Instant
from holdfast.model.pod import PodKey
from holdfast.model.proof import FaultTrial, PatchProof, Proof
from holdfast.model.simulated import Spread
from holdfast.model.snapshot import Gap, GapKind
from holdfast.model.span import Origin
from holdfast.model.timeline import Lane, Mark, Segment, SegmentKind, Timeline
from holdfast.model.verdict import Prediction, Role, Verdict

# 2026-11-23T08:00:00Z
BEGIN = 1795420800.0
API = Subject(
    namespace="shop",
    pod="api-5d9c-x7",
    container="api",
    container_kind="container",
    uid="u1",
    owner_kind="Deployment",
    owner="api",
    node="n1",
)
REFUSED = Verdict(
    cause="A05",
    title="a dependency is down",
    summary="container api cannot reach db:5432: connection refused",
    evidence_for=(
        Evidence(
            "the log says: dial tcp db:5432: connect: connection refused",
            Grounds.READ,
            Weight.STRONG,
            Origin("api.previous.log", line=14),
        ),
        Evidence("it ends with exit code 1", Grounds.OBSERVED, Weight.MODERATE),
    ),
    evidence_against=(
        Evidence("three other pods reach db", Grounds.INFERRED, Weight.WEAK, Origin("pods.json")),
    ),
    would_decide=("the endpoints of db: kubectl get endpoints -n shop db",),
    prediction=Prediction(exit_codes=(1,), because="it gives up at once"),
    parameters={"tries": 3.0},
    score=30,
    confidence=0.72,
)
WRONG_CODE = Verdict(
    cause="A01",
    title="the application ends with an error of its own",
    summary="container api ends by itself with exit code 1",
    evidence_for=(Evidence("it ends with exit code 1", Grounds.OBSERVED, Weight.MODERATE),),
    score=10,
    confidence=0.2,
)
HIDDEN_BY_LIVENESS = Verdict(
    cause="G01",
    title="liveness asks a dependency",
    summary="the liveness probe of api fails when db is away",
    role=Role.CONTRIBUTING,
)
LOG_GAP = Gap(
    GapKind.FORBIDDEN,
    "log of the ended life of api",
    "pods/log",
    "its words are missing; get them with: kubectl logs --previous -n shop api-5d9c-x7 -c api",
    PodKey("shop", "api-5d9c-x7"),
)
PATCH = Patch(
    cause="A05",
    safety=Safety.REVIEW,
    explanation="wait for db in an init container",
    target="deployment/api",
    namespace="shop",
    changes=(Change(("initContainers", "wait"), {"name": "wait", "image": "holdfast:1"}),),
    caveats=("db must be up within 10 minutes",),
    command="kubectl patch -n shop deployment/api --patch-file wait.yaml",
    diff="--- a/api.yaml\n+++ b/api.yaml\n@@ -1,2 +1,2 @@\n spec:\n-  x: 1\n+  x: 2",
)
TIMELINE = Timeline(
    Instant(BEGIN),
    Instant(BEGIN + 600),
    (
        Lane(
            "api",
            (
                Segment(Instant(BEGIN), Instant(BEGIN + 300), SegmentKind.UNKNOWN, "3 lives"),
                Segment(Instant(BEGIN + 300), Instant(BEGIN + 360), SegmentKind.RUNNING, "exit 1"),
                Segment(Instant(BEGIN + 360), Instant(BEGIN + 600), SegmentKind.BACK_OFF),
            ),
            (
                Mark(Instant(BEGIN + 359), "exit 1", severe=True),
                Mark(Instant(BEGIN + 590), "BackOff: waits", times=13),
            ),
        ),
    ),
)
PROOF = Proof(
    "1.36",
    Agreement(
        "it never answers its liveness probe before it is killed",
        "",
        40,
        "1.36",
        (Comparison(Fact.RESTARTS, "6 to 7", "7", holds=True),),
    ),
    PatchProof(
        holds=True,
        because="no seed restarts any more",
        told="it never answers its liveness probe before it is killed",
        assumes="that a start takes at most 1m1s",
        seconds=86400.0,
        seeds_before=10,
        seeds_after=200,
        restarts_before=Spread(511.0, 505.0, 513.0),
        restarts_after=Spread(0.0, 0.0, 0.0),
        ready_before=Spread(0.1, 0.09, 0.11),
        ready_after=Spread(0.99, 0.99, 0.99),
        detects_before=Spread(16.0, 16.0, 17.0),
        detects_after=Spread(16.0, 16.0, 17.0),
        faults=(
            FaultTrial(
                container="api",
                told="it crashes, and the next start waits 1m",
                restarts_before=Spread(6.0, 6.0, 6.0),
                restarts_after=Spread(1.0, 1.0, 1.0),
                recovers=True,
                ready_again=Spread(3.0, 1.0, 6.0),
                seeds=10,
            ),
        ),
    ),
)

DECIDED = Finding(
    subject=API,
    state=State.RESTARTS,
    headline=REFUSED.summary,
    restarts=4,
    decided=True,
    verdicts=(REFUSED, WRONG_CODE),
    beside=(HIDDEN_BY_LIVENESS,),
    unread=(LOG_GAP,),
    patch=PATCH,
    proof=PROOF,
    ended_at=Instant(BEGIN + 359),
    timeline=TIMELINE,
)
UNDECIDED = Finding(
    subject=msgspec.structs.replace(API, pod="worker-1", owner="", uid="u2"),
    state=State.RESTARTS,
    headline="cannot tell why container api ended: A05 or A01",
    restarts=2,
    verdicts=(
        msgspec.structs.replace(REFUSED, confidence=0.4),
        msgspec.structs.replace(WRONG_CODE, confidence=0.3),
    ),
    would_decide=("the log of the ended life: kubectl logs --previous -n shop worker-1 -c api",),
)
HEALTHY = Finding(
    subject=Subject("shop", "web-1"), state=State.HEALTHY, headline="healthy", decided=True
)


def diagnosis(*findings: Finding, **fields: Any) -> Diagnosis:
    """A diagnosis of these findings, read from one file."""
    return Diagnosis(
        **{
            "findings": findings,
            "sources": ("pods.json",),
            "pods_examined": len(findings),
            "containers_examined": len(findings),
            "kubernetes_versions": ("v1.36.2",),
            "captured_at": Instant(BEGIN + 600),
            **fields,
        }
    )


def everything() -> Diagnosis:
    """One of each: a cause, an unknown, a quiet pod, a group, a gap of the whole reading."""
    nodes_gap = Gap(GapKind.FORBIDDEN, "nodes", "/api/v1/nodes", "node causes cannot be told")
    return diagnosis(DECIDED, UNDECIDED, HEALTHY, groups=(group(3),), gaps=(nodes_gap,))


def group(victims: int) -> Group:
    """A node that took some pods with it."""
    return Group(
        id="node-n1",
        headline="node n1 restarted",
        verdict=Verdict("E10", "the node restarted", "node n1 restarted", confidence=0.9),
        started_at=Instant(BEGIN),
        ended_at=Instant(BEGIN + 30),
        members=tuple(Subject("shop", f"cart-{number}", "app") for number in range(victims)),
    )


def member(number: int, **fields: Any) -> Finding:
    """A finding that only repeats what its group says."""
    group_verdict = group(1).verdict
    assert group_verdict is not None
    return Finding(
        **{
            "subject": Subject("shop", f"cart-{number}", "app"),
            "state": State.RESTARTS,
            "headline": "node n1 restarted",
            "restarts": 1,
            "decided": True,
            "verdicts": (group_verdict,),
            "group": "node-n1",
            **fields,
        }
    )


def replaced_texts(value: Any, text: str) -> Any:
    """The same structs with every free text replaced, wherever it stands."""
    if type(value) is str:
        return text
    if isinstance(value, msgspec.Struct):
        given = {
            name: replaced_texts(getattr(value, name), text) for name in value.__struct_fields__
        }
        return type(value)(**given)
    if isinstance(value, tuple):
        parts = [replaced_texts(part, text) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, list):
        return [replaced_texts(part, text) for part in value]
    if isinstance(value, dict):
        return {replaced_texts(k, text): replaced_texts(v, text) for k, v in value.items()}
    return value


def texts(value: Any) -> Iterator[str]:
    """Every string of a decoded document, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from texts(key)
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
