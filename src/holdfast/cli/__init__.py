"""The command line: one file per command, imported only when it is called.

What belongs here: flags, files, terminals, exit codes. What does not: anything a test would want to
call without a process around it.
"""
