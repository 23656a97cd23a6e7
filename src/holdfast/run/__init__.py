"""`holdfast run -- CMD`: PID 1 for a program in any language.

- `plan` makes the budget of the stop from flags and environment, or refuses.
- `supervision` is the machine of the stop, without I/O or clock; `supervisor` drives it.
- `spawn` starts the command; `processes` and `listening` read /proc.
- `page` of holdfast.life is what the supervisor and the service's library share.

Rules: holdfast.life, holdfast.arguments and the standard library only, and of these as little as
PID 1 needs: it stays in memory for as long as the service lives.
"""
