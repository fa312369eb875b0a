"""An HTTP server on loopback that answers by a script: well, badly or not at all."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal


@dataclass(frozen=True)
class Answer:
    """What goes back. `delay` and `pause` in seconds: before the answer, and between its
    bytes. `drop`: the connection breaks before the answer, or in the middle of it."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    pause: float = 0.0
    drop: Literal["", "before", "middle"] = ""


@dataclass(frozen=True)
class Request:
    """What came in. `headers` by lower-case name."""

    path: str
    headers: Mapping[str, str]
    body: Any


Script = Callable[[int, Request], Answer]


@dataclass
class Scripted:
    """A running server. `script(call, request)` decides; `requests` holds what came in."""

    script: Script
    requests: list[Request] = field(default_factory=list)
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def completion(content: str | None, *, tokens: int = 7, **parts: Any) -> Answer:
    """Return an answer of OpenAI's form. `parts` go into its one choice."""
    message = {"role": "assistant", "content": content, **parts.pop("message", {})}
    choice = {"index": 0, "message": message, "finish_reason": "stop", **parts}
    usage = {"prompt_tokens": 40, "completion_tokens": tokens, "total_tokens": 40 + tokens}
    return json_answer(
        {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        | {"usage": usage}
    )


def first_offered(call: int, request: Request) -> Answer:
    """Choose the first of the options, whatever is asked, in OpenAI's form."""
    (offered,) = re.findall(r'"choice" is one of "(\w+)"', str(request.body["messages"][1]))
    said = {"choice": offered, "confidence": 0.8, "reason": "It goes with the first."}
    return completion(json.dumps(said))


def message(*blocks: dict[str, Any], stop_reason: str = "end_turn") -> Answer:
    """Return an answer of Anthropic's form."""
    return json_answer(
        {
            "id": "m",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": list(blocks),
            "stop_reason": stop_reason,
            "stop_sequence": None,
            "usage": {"input_tokens": 40, "output_tokens": 7},
        }
    )


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): content for name, content in headers.items()}
    return Answer(json.dumps(value).encode(), status, {"Content-Type": "application/json", **named})


@contextmanager
def serving(script: Script) -> Iterator[Scripted]:
    """Run a server until the block ends."""
    state = Scripted(script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Request(self.path, self._named(), json.loads(data))
            with state.lock:
                call = len(state.requests)
                state.requests.append(request)
            self._send(state.script(call, request))

        def do_GET(self) -> None:
            with state.lock:
                state.requests.append(Request(self.path, self._named(), None))
            self._send(Answer(b"", 404))

        def _named(self) -> dict[str, str]:
            return {name.lower(): value for name, value in self.headers.items()}

        def log_message(self, *_: object) -> None:
            pass

        def _send(self, answer: Answer) -> None:
            time.sleep(answer.delay)
            self.close_connection = bool(answer.drop or answer.pause)
            if answer.drop == "before":
                return
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if answer.pause:
                    for place in range(len(answer.body)):
                        self.wfile.write(answer.body[place : place + 1])
                        time.sleep(answer.pause)
                elif answer.drop == "middle":
                    self.wfile.write(answer.body[: len(answer.body) // 2])
                else:
                    self.wfile.write(answer.body)
            except OSError:
                self.close_connection = True  # the client had enough, as it should

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
