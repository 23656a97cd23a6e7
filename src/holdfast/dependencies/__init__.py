"""Are you there? How to ask what a service depends on, within a deadline.

The interface, which stays as it is:

- `target.parse_target(url)` gives a `Target` ("postgres://db/app"), or raises a `TargetError` in
  four parts. `str(target)` never holds a secret.
- `ask.ask(target, timeout)` (asyncio) and `ask_blocking.ask_blocking(target, timeout)` ask it over
  the wire, without a driver, and answer a `Verdict` within `timeout` seconds. They never raise for
  what the dependency does.
- `checks` makes ready-made checks (`checks.postgres(pool=pool)`, `checks.disk("/data")`). A `Check`
  has `name`, `kind`, `timeout` in seconds, and one of two ways to be asked: `await check.ask()`
  where `check.blocking` is false, `check.ask_blocking()` on a thread where it is true. What holds
  the deadline is the caller: a client library can stretch its own.
- A `Verdict` has `state` (a word of verdict.py), `detail` (one sentence without secrets),
  `seconds`, and tells `up`, `degraded` and `permanent`.

Rules: standard library only. The modules that the waiter needs before its first attempt (verdict,
target, inbox, attempt, handshakes) import C modules of the interpreter only: `socket`, `re`,
`typing` and `enum` cost more than the whole wait (docs/specs/service.md 11.5). TLS, asyncio and
drivers are imported when a target asks for them.
"""
