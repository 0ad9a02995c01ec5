"""A language model of our own: a server on the loopback address that speaks the OpenAI protocol and plays a script.

    model.says("Acme waits for the offer [12].")       # the next answer, whole or streamed as it is asked for
    model.says_json({"quotes": []})
    model.plays(Status(429, headers={"retry-after": "3"}), "then an answer")
    model.requests                                      # the bodies that were sent, each whole
    model.environment                                   # PIPE_AI_MODEL and so on, to reach it

It also speaks the protocol of Ollama, for `ollama/NAME` (`model.root` is its address then). It is reached through the
real litellm. A request that no answer was scripted for is answered with status 418, so that
a test fails instead of waiting.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-test-0123456789abcdefghij"
NAME = "openai/test-model"


@dataclass(frozen=True)
class Says:
    """An answer: its text, how it ends, a refusal in its place; `pieces` are what a stream brings at a time."""

    text: str = ""
    ending: str = "stop"
    refusal: str | None = None
    pieces: tuple[str, ...] = ()
    sent: int = 120
    received: int = 30


@dataclass(frozen=True)
class Status:
    """An error: its status, its body, its headers."""

    status: int
    message: str = "it went wrong"
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """A stream that breaks off behind these pieces: `rudely` within a chunk, else as if it were at its end."""

    pieces: tuple[str, ...] = ("It is ", "going ")
    rudely: bool = True


@dataclass(frozen=True)
class Raw:
    """A body as it is, of status 200."""

    body: str


class Slow:
    """An answer that comes only when the test is over."""


@dataclass(frozen=True)
class Seen:
    """A stream that goes on only when the client has got its first pieces: `seen` is set by the test."""

    pieces: tuple[str, ...]
    seen: threading.Event = field(default_factory=threading.Event)


Scene = Says | Status | Cut | Raw | Slow | Seen | str


class ModelServer:
    """The server: its script and what it was asked."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.failing: Status | None = None
        self._script: list[Scene] = []
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        """Stop it."""
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def address(self) -> str:
        """What `ai.api_base` has to be."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def root(self) -> str:
        """What `ai.api_base` has to be for a model of Ollama's."""
        return self.address.removesuffix("/v1")

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which the program asks this model."""
        return {"PIPE_AI_MODEL": NAME, "PIPE_AI_API_BASE": self.address, "OPENAI_API_KEY": KEY}

    def plays(self, *scenes: Scene) -> None:
        """What the next requests are answered with, in this order; a text is an answer."""
        self._script += scenes

    def says(self, text: str) -> None:
        """The text of the next answer."""
        self.plays(Says(text))

    def says_json(self, value: object) -> None:
        """The JSON of the next answer."""
        self.says(json.dumps(value, ensure_ascii=False))

    def fails(self, scene: Status) -> None:
        """How every request is answered from now on, whatever protocol it speaks."""
        self.failing = scene

    def texts(self) -> list[str]:
        """What the user's message of each request said."""
        return [request["messages"][-1]["content"] for request in self.requests]

    def start_over(self) -> None:
        """Forget the script and the requests."""
        self._over.set()
        self._over = threading.Event()
        self.failing = None
        self._script.clear()
        self.requests.clear()
        self.keys.clear()

    def next_scene(self) -> Scene:
        """The next scene of the script."""
        return self._script.pop(0) if self._script else Status(418, "no answer was scripted")

    def wait_for_the_end(self) -> None:
        """Come back only when the test is over."""
        self._over.wait(30)


def _handler(model: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if self.path == "/api/show":  # what Ollama knows of a model
                self._reply(200, b'{"template": "", "model_info": {}}')
                return
            model.requests.append(body)
            model.keys.append(self.headers.get("authorization"))
            if model.failing:
                self._fail(model.failing)
                return
            if self.path == "/api/chat":
                self._reply(200, _of_ollama(model.next_scene(), streaming=body["stream"]).encode())
                return
            if self.path != "/v1/chat/completions":
                self._fail(Status(404, f"no {self.path} here"))
                return
            scene = model.next_scene()
            if isinstance(scene, str):
                scene = Says(scene)
            try:
                self._play(scene, streaming=bool(body.get("stream")), name=body["model"])
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _play(self, scene: Scene, *, streaming: bool, name: str) -> None:
            if isinstance(scene, Slow):
                model.wait_for_the_end()
                self.close_connection = True
            elif isinstance(scene, Status):
                self._fail(scene)
            elif isinstance(scene, Raw):
                self._reply(200, scene.body.encode())
            elif isinstance(scene, Says) and not streaming:
                self._reply(200, json.dumps(_whole(scene, name)).encode())
            else:
                self._stream(scene, name)

        def _fail(self, scene: Status) -> None:
            error = {"message": scene.message, "type": "error", "param": None, "code": scene.code}
            self._reply(scene.status, json.dumps({"error": error}).encode(), scene.headers)

        def _reply(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"content-type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def _stream(self, scene: Scene, name: str) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self.send_header("connection", "close")
            self.end_headers()
            for event in _events(scene, name):
                data = f"data: {event}\n\n".encode()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()
            if isinstance(scene, Cut) and scene.rudely:
                self.wfile.write(b"40\r\ndata: {")
                self.close_connection = True
            else:
                self.wfile.write(b"0\r\n\r\n")

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler


def _whole(scene: Says, name: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": scene.text or None, "refusal": scene.refusal}
    return {
        **_head("chat.completion", name),
        "choices": [{"index": 0, "message": message, "finish_reason": scene.ending}],
        "usage": _usage(scene),
    }


def _events(scene: Scene, name: str) -> Iterator[str]:
    """The events of a stream as JSON, the usage at its end and what ends it."""

    def piece(delta: dict[str, Any], ending: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": ending}
        return json.dumps({**_head("chat.completion.chunk", name), "choices": [choice]})

    yield piece({"role": "assistant", "content": ""})
    if isinstance(scene, Cut):
        yield from (piece({"content": text}) for text in scene.pieces)
        return
    if isinstance(scene, Seen):
        first, *rest = scene.pieces
        yield piece({"content": first})
        assert scene.seen.wait(30), "the first piece was never shown"
        yield from (piece({"content": text}) for text in rest)
        scene = Says()
    assert isinstance(scene, Says)
    yield from (piece({"content": text}) for text in scene.pieces or _words(scene.text))
    yield piece({}, scene.ending)
    yield json.dumps({**_head("chat.completion.chunk", name), "choices": [], "usage": _usage(scene)})
    yield "[DONE]"


def _of_ollama(scene: Scene, *, streaming: bool) -> str:
    """An answer as Ollama gives it: lines of JSON, one alone where it is not streamed."""
    assert isinstance(scene, str)
    pieces = _words(scene) if streaming else [scene]
    lines: list[dict[str, Any]] = [
        {
            "model": "m",
            "created_at": "2026-03-02T09:00:00Z",
            "message": {"role": "assistant", "content": text},
            "done": False,
        }
        for text in pieces
    ]
    if streaming:
        lines.append({**lines[0], "message": {"role": "assistant", "content": ""}})
    lines[-1] |= {"done": True, "done_reason": "stop", "prompt_eval_count": 120, "eval_count": 30}
    return "".join(json.dumps(line) + "\n" for line in lines)


def _words(text: str) -> list[str]:
    """The text in pieces of five characters, which cut words, as tokens do."""
    return [text[at : at + 5] for at in range(0, len(text), 5)]


def _head(kind: str, name: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1_772_000_000, "model": name}


def _usage(scene: Says) -> dict[str, int]:
    return {
        "prompt_tokens": scene.sent,
        "completion_tokens": scene.received,
        "total_tokens": scene.sent + scene.received,
    }
