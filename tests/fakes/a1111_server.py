"""A server with the JSON of the AUTOMATIC1111 web interface, as a program of its own.

It draws one colour a picture, chosen by the seed. Tags in the prompt: [oom] fails as a full graphics card does,
[half] ends the answer in its middle, [bare] leaves `info` empty as sd-server does. With `--api-auth name:password` it
asks for them. GET /journal lists what it was asked.
"""

import base64
import io
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image

_journal: list[dict] = []
_auth = base64.b64encode(sys.argv[3].encode()).decode() if sys.argv[2:3] == ["--api-auth"] else ""


def picture(width: int, height: int, seed: int) -> str:
    """A PNG in base64."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (seed % 256, seed // 256 % 256, 90)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args) -> None:
        """Silent: the journal is the log."""

    def do_GET(self) -> None:
        if self.path == "/journal":
            self._json(200, _journal)
        elif not self._allowed():
            self._json(401, {"detail": "Not authenticated"})
        elif self.path == "/sdapi/v1/samplers":
            self._json(200, [{"name": "Euler a", "aliases": ["k_euler_a"]}, {"name": "DPM++ 2M"}])
        else:
            self._json(404, {"detail": "Not Found"})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        _journal.append({"path": self.path, "asked": asked})
        if not self._allowed():
            self._json(401, {"detail": "Not authenticated"})
        elif self.path not in ("/sdapi/v1/txt2img", "/sdapi/v1/img2img"):
            self._json(404, {"detail": "Not Found"})
        elif self.path.endswith("img2img") and not asked.get("init_images"):
            self._json(404, {"detail": "Init image not found"})
        elif "[oom]" in asked["prompt"]:
            said = {"error": "OutOfMemoryError", "detail": "", "body": "", "errors": "CUDA out of memory."}
            self._json(500, said)
        else:
            self._draw(asked)

    def _draw(self, asked: dict) -> None:
        first = 4_242 if asked["seed"] == -1 else asked["seed"]
        seeds = [first + n for n in range(asked["batch_size"])]
        info = "" if "[bare]" in asked["prompt"] else json.dumps({"seed": first, "all_seeds": seeds})
        images = [picture(asked["width"], asked["height"], seed) for seed in seeds]
        self._json(200, {"images": images, "parameters": asked, "info": info}, half="[half]" in asked["prompt"])

    def _allowed(self) -> bool:
        return not _auth or self.headers.get("authorization") == f"Basic {_auth}"

    def _json(self, status: int, value: object, *, half: bool = False) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if half else body)
        self.close_connection = half


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
