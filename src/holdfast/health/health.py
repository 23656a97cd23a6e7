"""`Health`: the endpoints that a kubelet, a load balancer and a person ask.

    health = Health(life, refresh=5, stale_after=15, listen=":8086")
    health.add(checks.postgres(pool=pool), on_fail="unready", after=3)

    @health.check(timeout=2, every=30, on_fail="degrade")
    async def licence(): ...

    app = life.asgi(health.mount(app))

Rules: constructing a Health touches nothing outside; checks, threads and the side listener begin
with the process that serves. A wrong setting raises HealthError where it is written.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from holdfast.dependencies.check import Check
from holdfast.health import answers
from holdfast.health.access import Access
from holdfast.health.answers import Endpoint
from holdfast.health.board import Board, Settings
from holdfast.health.errors import HealthError, read_duration
from holdfast.health.listener import SideListener, parse_address
from holdfast.health.refresh import Listener, Refresher
from holdfast.health.registration import DEGRADE, READY, Question, check_of, register

if TYPE_CHECKING:
    from holdfast.health.asgi import AsgiApp, AsgiHealth
    from holdfast.health.wsgi import WsgiApp, WsgiHealth
    from holdfast.life.life import Life

Function = TypeVar("Function", bound=Callable[[], object])
# The seed and the sketch of docs/specs/service.md 6.1 and 6.5.
_REFRESH_SECONDS = 5.0
_STALE_SECONDS = 15.0
_LAG_WARN_SECONDS = 1.0
_LAG_FAIL_SECONDS = 30.0
_QUESTION_SECONDS = 2.0
# Default of periodSeconds (Kubernetes API, core/v1 Probe).
_PROBE_PERIOD_SECONDS = 10.0
_PERIODS = 3
_PATHS = {
    answers.LIVE: ("/healthz", "/livez"),
    answers.READY: ("/readyz",),
    answers.STARTUP: ("/startupz",),
    answers.DETAIL: ("/health",),
    answers.METRICS: ("/metrics",),
}


class Health:
    """The health of one service. All durations are seconds, or texts such as "500ms"."""

    def __init__(
        self,
        life: "Life | None" = None,
        *,
        refresh: float | str | None = _REFRESH_SECONDS,
        stale_after: float | str = _STALE_SECONDS,
        listen: str | int | None = None,
        token: str | None = None,
        detail_on_loopback: bool = False,
        warn_is_healthy: bool = False,
        ready_while_draining: bool = False,
        redact: bool = True,
        lag_warn: float | str = _LAG_WARN_SECONDS,
        lag_fail: float | str = _LAG_FAIL_SECONDS,
        probe_period: float | str = _PROBE_PERIOD_SECONDS,
        identity: Mapping[str, str] | None = None,
    ) -> None:
        """Set up.

        `refresh`: how often checks are sampled in the background; None samples when a probe asks,
        and a sample older than `stale_after` counts as failed. `listen`: the side listener, a
        thread of its own that answers while the event loop does not. `token`: a bearer token that
        shows the detail; it is always shown on the side listener, on the main port to nobody else
        unless `detail_on_loopback`, which trusts proxies in the pod too. `warn_is_healthy`: /health
        answers 200 while a check with on_fail="degrade" fails. `ready_while_draining`: readiness
        stays 200 during a drain. `lag_fail`: how late the loop may be before liveness fails, never
        below three periods of the probe (`probe_period`, periodSeconds). `identity`: serviceId,
        version, releaseId, notes for the detail. Raises HealthError for what cannot work.
        """
        self.life = life
        settings = Settings(
            refresh=None if refresh is None else read_duration(refresh, "Health(refresh=…)"),
            stale_after=read_duration(stale_after, "Health(stale_after=…)"),
            lag_warn=read_duration(lag_warn, "Health(lag_warn=…)"),
            lag_fail=read_duration(lag_fail, "Health(lag_fail=…)"),
            warn_is_healthy=warn_is_healthy,
            ready_while_draining=ready_while_draining,
            redact=redact,
        )
        _refuse_contradictions(settings, read_duration(probe_period, "Health(probe_period=…)"))
        if listen is not None:
            parse_address(listen)
        if token is not None and not token:
            raise HealthError("Health(token=…)", "an empty token", "give a secret, or None")
        self.board = Board(settings, life)
        self._refresher = Refresher(self.board)
        self._listen = listen
        self._access = Access(token, on_loopback=detail_on_loopback)
        self._identity = dict(identity or {})
        self._side: SideListener | None = None
        self._beginning = threading.Lock()
        self._process = 0

    @property
    def on_demand(self) -> bool:
        """Whether checks are run when a probe asks."""
        return self.board.settings.refresh is None

    @property
    def side_port(self) -> int | None:
        """Port of the side listener, once it listens."""
        return self._side.port if self._side is not None else None

    def add(
        self,
        check: Check,
        *,
        probe: str = READY,
        on_fail: str = DEGRADE,
        every: float | str | None = None,
        timeout: float | str | None = None,
        after: int = 3,
        after_seconds: float | str = 0,
        recover: int = 1,
        recover_seconds: float | str = 0,
        fail_open: bool = False,
        force: str | None = None,
    ) -> Check:
        """Ask this check from now on; also while the service runs.

        `probe`: ready, live or startup. `on_fail`: unready takes the pod out of traffic, degrade
        serves on and warns, report is listed only. `every`: else `refresh`. `timeout`: a hard
        deadline, else the check's own. Its standing flips after `after` failed samples in a row
        over `after_seconds`, and back after `recover` good ones over `recover_seconds`.
        `fail_open`: stay ready when a check fails that has passed before, because then it fails for
        the other replicas too. `force`: the check's own name, to let liveness ask a dependency.
        Raises HealthError.
        """
        if check.name in self.board.entries:
            raise HealthError(
                f"check {check.name!r}", "a check of this name exists", "give each its own name"
            )
        registration = register(
            check,
            probe=probe,
            on_fail=on_fail,
            every=(self.board.settings.refresh or _REFRESH_SECONDS) if every is None else every,
            timeout=timeout,
            after=after,
            after_seconds=after_seconds,
            recover=recover,
            recover_seconds=recover_seconds,
            fail_open=fail_open,
            force=force,
        )
        self.board.add(registration)
        self._refresher.add(registration)
        return check

    def check(
        self,
        *,
        name: str | None = None,
        timeout: float | str = _QUESTION_SECONDS,
        own: bool = False,
        **settings: Any,
    ) -> Callable[[Function], Function]:
        """Ask the decorated function, sync or async; the settings are those of `add`.

        It passes when it returns None or True, and fails when it returns False or raises. `own`: it
        looks at this process only, so that liveness may ask it.
        """

        def decorate(function: Function) -> Function:
            question: Question = function  # type: ignore[assignment]
            called = name or str(getattr(function, "__name__", "check"))
            self.add(check_of(question, called, timeout, own=own), **settings)
            return function

        return decorate

    def drop(self, name: str) -> None:
        """Ask this check no more. Raises HealthError for a name that nobody has."""
        if name not in self.board.entries:
            known = ", ".join(self.board.entries) or "none"
            raise HealthError(f"check {name!r}", f"unknown; known checks: {known}", "drop another")
        self.board.drop(name)
        self._refresher.drop(name)

    def on_change(self, listener: Listener) -> Listener:
        """Call `listener(name, passing, state)` when the standing of a check changes."""
        self._refresher.listeners.append(listener)
        return listener

    def progress(self, text: str) -> None:
        """Say on /startupz how far the start has come; addresses and paths are redacted."""
        self.board.progress = text

    async def sample(self) -> None:
        """Run all checks now; callers at the same time share one run."""
        await self._refresher.sample_all()

    def sample_blocking(self) -> None:
        """The same from a thread without a loop, once the service has begun."""
        self._refresher.sample_all_blocking()

    def mount(
        self,
        app: "AsgiApp | None" = None,
        *,
        live: str | None = "/healthz",
        ready: str | None = "/readyz",
        startup: str | None = "/startupz",
        detail: str | None = "/health",
        metrics: str | None = None,
    ) -> "AsgiHealth":
        """The ASGI application with its health endpoints; None leaves one out.

        `/livez` answers as well where liveness has its default path.
        """
        from holdfast.health.asgi import AsgiHealth

        paths = self.paths(live, ready, startup, detail, metrics)
        return AsgiHealth(self, app, self.endpoints(paths, on_loop=True))

    def wsgi(
        self,
        app: "WsgiApp",
        *,
        live: str | None = "/healthz",
        ready: str | None = "/readyz",
        startup: str | None = "/startupz",
        detail: str | None = "/health",
        metrics: str | None = None,
    ) -> "WsgiHealth":
        """The WSGI application with its health endpoints."""
        from holdfast.health.wsgi import WsgiHealth

        paths = self.paths(live, ready, startup, detail, metrics)
        return WsgiHealth(self, app, self.endpoints(paths))

    def aiohttp(self, app: Any) -> Any:
        """The same aiohttp application with its health endpoints, on their default paths."""
        from holdfast.health.aiohttp import attach

        return attach(app, self, self.endpoints(self.paths(), on_loop=True))

    def sanic(self, app: Any) -> Any:
        """The same Sanic application with its health endpoints, on their default paths."""
        from holdfast.health.sanic import attach

        return attach(app, self, self.endpoints(self.paths(), on_loop=True))

    # A worker without a server: `with health, life:` or `async with health, life:`.

    def __enter__(self) -> Self:
        self.begin(None)
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    async def __aenter__(self) -> Self:
        self.begin(asyncio.get_running_loop())
        return self

    async def __aexit__(self, *error: object) -> None:
        self.end()

    # For adapters.

    def paths(
        self,
        live: str | None = "/healthz",
        ready: str | None = "/readyz",
        startup: str | None = "/startupz",
        detail: str | None = "/health",
        metrics: str | None = None,
    ) -> dict[str, str]:
        """Kinds of endpoints by path. Raises HealthError for paths that are no paths."""
        wanted = {
            answers.LIVE: live,
            answers.READY: ready,
            answers.STARTUP: startup,
            answers.DETAIL: detail,
            answers.METRICS: metrics,
        }
        found: dict[str, str] = {}
        for kind, path in wanted.items():
            if path is None:
                continue
            if not path.startswith("/") or path in found:
                raise HealthError(
                    f"path {path!r} for {kind}",
                    "taken by another endpoint" if path in found else "no leading slash",
                    "give each endpoint a path of its own, such as /healthz",
                )
            found[path] = kind
        if live == _PATHS[answers.LIVE][0]:
            found.setdefault(_PATHS[answers.LIVE][1], answers.LIVE)
        return found

    def endpoints(self, paths: Mapping[str, str], *, on_loop: bool = False) -> dict[str, Endpoint]:
        """Endpoints for one thread, by path."""
        if self.life is not None:
            self.life.quiet_paths.update(paths)
        in_flight = self._in_flight if self.life is not None else None
        return {
            path: Endpoint(
                kind, self.board, on_loop=on_loop, identity=self._identity, in_flight=in_flight
            )
            for path, kind in paths.items()
        }

    def begin(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """The service starts in this process; a second call changes nothing.

        Without a loop the checks run on a thread. Raises HealthError for a port that is taken.
        """
        if self._process == os.getpid():
            return
        # The threads of a WSGI worker may bring its first requests at once.
        with self._beginning:
            if self._process != os.getpid():
                self._begin(loop)
                self._process = os.getpid()

    def pause(self) -> None:
        """The application is about to close what the checks use."""
        self._refresher.stop()

    def end(self) -> None:
        """The application has ended."""
        self._refresher.stop()
        self.board.heartbeat.stop()
        if self._side is not None:
            self._side.stop()
            self._side = None
        self._process = 0

    def may_see_detail(self, scope: Mapping[str, Any]) -> bool:
        """Whether the one who asks, by this ASGI scope, may see more than one word."""
        client = scope.get("client")
        bearer = next((v for k, v in scope["headers"] if k.lower() == b"authorization"), b"")
        return self.may_see(bearer, client[0] if client else "")

    def may_see(self, authorization: bytes, peer: str) -> bool:
        """The same by the Authorization header and the peer's address."""
        return self._access.allows(authorization, peer)

    def _begin(self, loop: asyncio.AbstractEventLoop | None) -> None:
        if self._listen is not None:
            every = {path: kind for kind, paths in _PATHS.items() for path in paths}
            side = SideListener(self._listen, self.endpoints(every))
            side.start()
            self._side = side
        if loop is None:
            self._refresher.start_thread()
        else:
            self._refresher.start(loop)
            self.board.heartbeat.start(loop)

    def _in_flight(self) -> int:
        return len(self.life.flights) if self.life is not None else 0


def _refuse_contradictions(settings: Settings, period: float) -> None:
    if settings.refresh is not None and settings.stale_after <= settings.refresh:
        raise HealthError(
            "Health(stale_after=…)",
            f"stale after {settings.stale_after:g} s, but refreshed every {settings.refresh:g} s: "
            "every sample would grow stale before the next",
            f"give a stale_after above {settings.refresh:g} s; three times is usual",
        )
    if settings.lag_warn > settings.lag_fail:
        raise HealthError(
            "Health(lag_warn=…)",
            f"warns at {settings.lag_warn:g} s, past the failure at {settings.lag_fail:g} s",
            "warn before it fails",
        )
    least = _PERIODS * period
    if settings.lag_fail < least:
        raise HealthError(
            "Health(lag_fail=…)",
            f"{settings.lag_fail:g} s; {_PERIODS} probe periods of {period:g} s = {least:g} s",
            f"give {least:g} s or more, or the probe's own periodSeconds as probe_period",
        )
