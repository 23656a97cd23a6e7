"""The command lines of `holdfast wait` and `holdfast run`, which answer before click is imported.

`argparse` and click cost more than a whole wait (docs/specs/service.md 11.5). What belongs here:
flags as a table, reading them, their help, and the command behind "--". What does not: what a flag
does. Nothing but the standard library, and little of it.
"""
