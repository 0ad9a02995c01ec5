"""A proxy before a PostgreSQL server that counts round trips, by as much of the protocol as that takes.

A client waits for an answer after a Query, a Sync or a Flush; whatever it sends before one of these costs no trip,
and a Flush right after a Sync asks for nothing more.
"""

import socket
import threading
from collections.abc import Callable


class Line:
    """One connection: how many round trips it took, and whether it took the lock of those who write."""

    def __init__(self) -> None:
        self.trips = 0
        self.writes = False


class Proxy:
    """Listens on the loopback address and passes on to a server on a Unix socket; `lines` count.

    `cut` may look at what a client says (the type of each message and its body) and have the line cut: before the
    server hears it, or after, so that its answer is lost. With `away` set nobody is let in.
    """

    def __init__(self, server: str) -> None:
        self.lines: list[Line] = []
        self.away = False
        self.cut: Callable[[bytes, bytes], str] = lambda _kind, _body: ""
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening and cut every line."""
        for line in (self._listening, *self._open):
            line.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listening.accept()
            except OSError:
                return
            if self.away:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            self._open += [client, server]
            threading.Thread(target=self._listen, args=(client, server), daemon=True).start()
            threading.Thread(target=_pass_on, args=(server, client), daemon=True).start()

    def _listen(self, client: socket.socket, server: socket.socket) -> None:
        """What the client says, message by message; the first one has no type."""
        line = Line()
        self.lines.append(line)
        try:
            with client.makefile("rb") as stream:
                waited = False
                size = stream.read(4)
                server.sendall(size + stream.read(int.from_bytes(size, "big") - 4))
                while kind := stream.read(1):
                    size = stream.read(4)
                    body = stream.read(int.from_bytes(size, "big") - 4)
                    line.trips += kind in b"QS" or (kind == b"H" and not waited)
                    line.writes |= b"for update" in body
                    waited = kind in b"QSH"
                    cut = self.cut(kind, body)
                    if cut:  # first, or a quick answer comes through
                        client.shutdown(socket.SHUT_RDWR)
                    if cut != "before":
                        server.sendall(kind + size + body)
                    if cut:
                        break
        except OSError:
            pass
        _cut(client, server)


def _pass_on(server: socket.socket, client: socket.socket) -> None:
    try:
        while said := server.recv(65536):
            client.sendall(said)
    except OSError:
        pass
    _cut(client, server)


def _cut(*lines: socket.socket) -> None:
    for line in lines:
        try:
            line.shutdown(socket.SHUT_RDWR)
        except OSError:
            continue
