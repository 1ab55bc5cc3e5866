"""An OpenAI-shaped images server as a program of its own, so that its journal survives the studio being killed.

What it does is asked for in the prompt: [slow S], [status N], [status-once N], [hang], [half], [text], [count N],
[size WxH], [refuse]. Without a tag it answers with the pictures asked for. GET /journal lists every call it was paid
for. Written for fault tests; the shapes are checked against an independent fake in tests/providers.
"""

import base64
import io
import json
import re
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image

ADDED = "soft light from the left, wide view"
DESCRIBED = "A red rectangle on plain ground, even light"
_calls: list[dict] = []
_failed_once: Counter[str] = Counter()
_lock = threading.Lock()
_pictures: dict[tuple[str, int], str] = {}


def picture(size: str, number: int) -> str:
    """A PNG of that size in base64; the same every time, for the same number."""
    with _lock:
        if (size, number) not in _pictures:
            width, height = map(int, size.split("x"))
            colour = ((60 + 70 * number) % 256, 120, (200 - 40 * number) % 256)
            image = Image.new("RGB", (width, height), colour)
            file = io.BytesIO()
            image.save(file, "PNG")
            _pictures[size, number] = base64.b64encode(file.getvalue()).decode()
        return _pictures[size, number]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args) -> None:
        """Silent: the journal is the log."""

    def do_GET(self) -> None:
        if self.path == "/journal":
            with _lock:
                self._json(200, list(_calls))
        else:
            self._json(200, {"object": "list", "data": [{"id": "gpt-image-2", "object": "model"}]})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.endswith("/moderations"):
            self._note("moderation", raw)
            self._json(200, moderation(b"[flag]" in raw))
            return
        if self.path.endswith(("/responses", "/chat/completions")):
            self._note("writer", raw)
            self._write(json.loads(raw))
            return
        self._images(raw)

    def _images(self, raw: bytes) -> None:
        prompt, size, count = self._fields(raw)
        self._note("images", raw, prompt)
        if tag := re.search(r"\[slow ([\d.]+)\]", prompt):
            time.sleep(float(tag[1]))
        if "[hang]" in prompt:
            time.sleep(3600)
        if "[refuse]" in prompt:
            self._json(
                400, {"error": {"code": "moderation_blocked", "type": "image_generation_user_error", "message": "no"}}
            )
            return
        if tag := re.search(r"\[status(-once)? (\d+)\]", prompt):
            with _lock:
                _failed_once[prompt] += 1
            if not tag[1] or _failed_once[prompt] == 1:
                self._json(int(tag[2]), {"error": {"message": "as asked", "type": "server_error", "code": None}})
                return
        if tag := re.search(r"\[count (\d+)\]", prompt):
            count = int(tag[1])
        if tag := re.search(r"\[size (\d+x\d+)\]", prompt):
            size = tag[1]
        if "[text]" in prompt:
            self._json(200, {"data": [{"b64_json": base64.b64encode(b"no picture").decode()}]})
            return
        body = json.dumps({"created": 1, "data": [{"b64_json": picture(size, n)} for n in range(count)]}).encode()
        self._answer(200, body, cut="[half]" in prompt)

    def _write(self, body: dict) -> None:
        """A language model's answer: the idea made longer, or a description. [nowriter] in the idea fails."""
        text = json.dumps(body)
        if "[nowriter]" in text:
            self._json(500, {"error": {"message": "as asked", "type": "server_error", "code": None}})
            return
        asked = body["input"][0]["content"] if "input" in body else body["messages"][-1]["content"]
        words = asked if isinstance(asked, str) else next(part["text"] for part in asked if "text" in part)
        seen = '"image_url"' in text
        prompt = DESCRIBED if seen else f"{words.replace('quiet', 'silent')}, {ADDED}"
        answer = json.dumps({"prompt": prompt, "remark": ""})
        usage = {"input_tokens": 200, "output_tokens": 60}
        if "input" in body:
            content = [{"type": "output_text", "text": answer, "annotations": []}]
            output = [{"type": "message", "role": "assistant", "status": "completed", "content": content}]
            self._json(200, {"id": "resp_1", "object": "response", "output": output, "usage": usage})
            return
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answer}}
        self._json(200, {"id": "chat_1", "object": "chat.completion", "choices": [choice], "usage": {}})

    def _fields(self, raw: bytes) -> tuple[str, str, int]:
        if self.headers.get("content-type", "").startswith("application/json"):
            body = json.loads(raw)
            return body["prompt"], body.get("size", "1024x1024"), int(body.get("n", 1))
        found = {
            name.decode(): value.decode()
            for name, value in re.findall(rb'name="(prompt|size|n)"\r\n(?:[^\r]+\r\n)*\r\n(.*?)\r\n--', raw, re.DOTALL)
        }
        return found["prompt"], found.get("size", "1024x1024"), int(found.get("n", 1))

    def _note(self, kind: str, raw: bytes, prompt: str = "") -> None:
        with _lock:
            _calls.append({"kind": kind, "path": self.path, "prompt": prompt, "bytes": len(raw), "at": time.time()})

    def _json(self, status: int, value: object) -> None:
        self._answer(status, json.dumps(value).encode())

    def _answer(self, status: int, body: bytes, *, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("x-request-id", "req_fake")
        self.end_headers()
        if cut:
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def moderation(flagged: bool) -> dict:
    """An answer of omni-moderation-latest, with every category it documents."""
    names = [
        *("harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent"),
        *("self-harm", "self-harm/intent", "self-harm/instructions", "sexual", "sexual/minors"),
        *("violence", "violence/graphic"),
    ]
    scores = dict.fromkeys(names, 0.0001) | ({"sexual": 0.99} if flagged else {})
    return {
        "id": "modr-1",
        "model": "omni-moderation-latest",
        "results": [
            {
                "flagged": flagged,
                "categories": {name: score > 0.5 for name, score in scores.items()},
                "category_scores": scores,
                "category_applied_input_types": {name: ["text"] for name in names},
            }
        ],
    }


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args) -> None:
        """A client that was killed is what this server is for."""

    request_queue_size = 256


if __name__ == "__main__":
    server = Server(("127.0.0.1", int(sys.argv[1])), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
