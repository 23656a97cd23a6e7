"""The container runtime of a rehearsal: a small process of its own that starts and ends programs.

It is to holdfast what containerd is to a kubelet. A process of its own because forking and
namespaces need a single thread and little memory, and because whoever kills holdfast with SIGKILL
must not leave anything behind: the runtime sees its socket close, and cleans up. Standard library
only, so that it starts in the time of a bare interpreter.

Files: `serve.py` is the process, `spawn.py` one new program, `kernel.py` the system calls that
Python does not have, `abilities.py` what this computer allows, `sweep.py` leaves nothing behind,
`wire.py` the messages.
"""
