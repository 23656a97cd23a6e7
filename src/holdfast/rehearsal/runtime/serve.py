"""The runtime as a process: `python -m holdfast.rehearsal.runtime.serve DESCRIPTOR`.

It serves the socket behind that descriptor until it closes: by the end of the rehearsal, or by the
end of holdfast, however that came. Then it kills what runs and sweeps up. Ctrl-C is not for it.
"""

import contextlib
import os
import selectors
import signal
import socket
import sys
from typing import Any

from holdfast.rehearsal.runtime import kernel
from holdfast.rehearsal.runtime.abilities import find_abilities
from holdfast.rehearsal.runtime.spawn import spawn
from holdfast.rehearsal.runtime.sweep import kill_children, kill_session, sweep
from holdfast.rehearsal.runtime.wire import (
    Abilities,
    Failure,
    Packet,
    content_of,
    program_of,
    receive,
    send,
)

_IGNORED = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP)


class Runtime:
    """Running programs by the number that holdfast gave them."""

    def __init__(self, connection: socket.socket, abilities: Abilities) -> None:
        """Nothing runs yet."""
        self._connection = connection
        self._abilities = abilities
        self._numbers: dict[int, int] = {}
        self._isolated: dict[int, bool] = {}
        self._cgroups: list[str] = []
        self._scratch = ""

    def serve(self) -> None:
        """Answer until nobody asks any more."""
        wakes, wake = socket.socketpair()
        wake.settimeout(0)
        wakes.settimeout(0)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        selector = selectors.DefaultSelector()
        selector.register(self._connection, selectors.EVENT_READ)
        selector.register(wakes, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if wakes in ready:
                wakes.recv(4096)
                self._reap()
            if self._connection in ready:
                packet = receive(self._connection)
                if packet is None:
                    return
                self._answer(packet)

    def close(self) -> None:
        """Kill what runs, wait for it, and leave nothing behind."""
        # Asked to end a second time, it still sweeps up.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)
        for process in self._numbers:
            with contextlib.suppress(ProcessLookupError):
                self._kill_all_of(process)
        kill_children()
        sweep(self._cgroups, self._scratch)

    def _answer(self, packet: Packet) -> None:
        content = packet.content
        request = content["request"]
        if request == "run":
            self._run(content, packet.descriptors)
        elif request == "signal":
            self._signal(content["number"], content["signal"])
        elif request == "network":
            self._reply(request, descriptor=_new_network())
        elif request == "sweep":
            self._cgroups += content["cgroups"]
            self._scratch = content["scratch"]
            self._reply(request)

    def _run(self, content: dict[str, Any], descriptors: list[int]) -> None:
        program = program_of(content["program"])
        output, *rest = descriptors
        network = rest[0] if program.network and rest else None
        found = spawn(program, output, network, own_proc=self._abilities.own_proc)
        for descriptor in descriptors:
            os.close(descriptor)
        if isinstance(found, Failure):
            self._reply("failed", number=content["number"], failure=content_of(found))
            return
        self._numbers[found] = content["number"]
        self._isolated[found] = program.isolated or program.beside is not None
        self._reply("started", number=content["number"], process=found)

    def _signal(self, number: int, which: int) -> None:
        for process, known in self._numbers.items():
            if known == number:
                os.kill(process, which)

    def _kill_all_of(self, process: int) -> None:
        os.kill(process, signal.SIGKILL)
        if not self._isolated[process]:
            kill_session(process)

    def _reap(self) -> None:
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if process == 0:
                return
            number = self._numbers.pop(process, None)
            if number is None:
                continue
            if not self._isolated.pop(process):
                kill_session(process)
            self._reply("ended", number=number, status=os.waitstatus_to_exitcode(status))

    def _reply(self, reply: str, **content: Any) -> None:
        try:
            send(self._connection, {"reply": reply, **content})
        except OSError:
            # Nobody listens any more; the end of the stream comes next.
            return


def _new_network() -> int:
    """A network namespace that lives as long as this process; an open file of ours stands for it.

    It is made by a child, because the runtime itself stays where it is.
    """
    ready_end, ready = os.pipe()
    done_end, done = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(done)
        kernel.unshare(kernel.NEW_NETWORK)
        os.write(ready, b".")
        os.read(done_end, 1)
        os._exit(0)
    os.read(ready_end, 1)
    descriptor = os.open(f"/proc/{child}/ns/net", os.O_RDONLY)
    for each in (ready_end, ready, done_end, done):
        os.close(each)
    os.waitpid(child, 0)
    return descriptor


def main() -> None:
    """Serve the socket whose number is the only argument."""
    inherited = int(sys.argv[1])
    connection = socket.fromfd(inherited, socket.AF_UNIX, socket.SOCK_STREAM)
    os.close(inherited)
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    kernel.adopt_orphans()
    abilities = find_abilities()
    runtime = Runtime(connection, abilities)
    try:
        send(connection, {"reply": "ready", "abilities": content_of(abilities)})
        runtime.serve()
    except (OSError, ConnectionError):
        # holdfast is gone in the middle of a message.
        return
    finally:
        runtime.close()


if __name__ == "__main__":
    main()
