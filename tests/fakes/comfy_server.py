"""A ComfyUI-shaped server as a program of its own: a queue of workflows, a history, files that are uploaded and shown.

A workflow ends at the second question after it; one whose prompt says [slow] never does. [oom] ends it with an error,
[nothing] without files, [lost] forgets it, [shown] only shows its picture. It knows the nodes in NODES alone.
GET /journal lists what it was asked.
"""

import io
import json
import re
import sys
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from PIL import Image

NODES = {"KSampler", "CLIPTextEncode", "EmptyLatentImage", "CheckpointLoaderSimple", "LoadImage", "SaveImage"}
_journal: list[dict] = []
_running: dict[str, dict] = {}
_history: dict[str, dict] = {}
_files: dict[str, bytes] = {}
_questions: dict[str, int] = {}


def draw(workflow: dict) -> bytes:
    """A PNG as large as the workflow's latent, its colour from the seed."""
    inputs = {node["class_type"]: node["inputs"] for node in workflow.values()}
    latent, seed = inputs.get("EmptyLatentImage", {}), inputs["KSampler"]["seed"]
    file = io.BytesIO()
    Image.new("RGB", (latent.get("width", 64), latent.get("height", 64)), (seed % 256, 80, 90)).save(file, "PNG")
    return file.getvalue()


def end(task: str) -> None:
    """Moves a workflow from the queue to the history."""
    workflow = _running.pop(task)
    said = json.dumps(workflow)
    if "[lost]" in said:
        return
    status = {"status_str": "success", "completed": True, "messages": []}
    outputs: dict = {}
    if "[oom]" in said:
        about = {"node_type": "KSampler", "exception_type": "torch.OutOfMemoryError", "exception_message": said}
        status = {"status_str": "error", "completed": False, "messages": [["execution_error", about]]}
    elif "[nothing]" not in said:
        kind = "temp" if "[shown]" in said else "output"
        name = f"{task}.png"
        _files[f"{kind}/pictures/{name}"] = draw(workflow)
        outputs["8"] = (
            {"images": [{"filename": "preview.png", "subfolder": "", "type": "temp"}]} if kind != "temp" else {}
        )
        outputs["9"] = {"images": [{"filename": name, "subfolder": "pictures", "type": kind}]}
    _history[task] = {"prompt": [0, task, workflow, {}, []], "outputs": outputs, "status": status}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args) -> None:
        """Silent: the journal is the log."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/journal":
            self._json(200, _journal)
        elif url.path == "/system_stats":
            self._json(200, {"system": {"os": "posix", "comfyui_version": "0.3.75"}, "devices": []})
        elif url.path.startswith("/object_info/"):
            name = url.path.rpartition("/")[2]
            self._json(200, {name: {"input": {}}} if name in NODES else {})
        elif url.path.startswith("/history/"):
            task = url.path.rpartition("/")[2]
            _questions[task] = _questions.get(task, 0) + 1
            if task in _running and _questions[task] > 1 and "[slow]" not in json.dumps(_running[task]):
                end(task)
            self._json(200, {task: _history[task]} if task in _history else {})
        elif url.path == "/queue":
            rows = [[n, task, workflow, {}, []] for n, (task, workflow) in enumerate(_running.items())]
            self._json(200, {"queue_running": rows[:1], "queue_pending": rows[1:]})
        elif url.path == "/view":
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            found = _files.get("/".join((asked["type"], asked.get("subfolder", ""), asked["filename"])))
            self._answer(200 if found else 404, found or b"", "image/png")
        else:
            self._json(404, {})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/upload/image":
            self._keep(raw)
            return
        asked = json.loads(raw)
        _journal.append({"path": self.path, "asked": asked})
        if self.path == "/prompt":
            self._queue(asked["prompt"])
        elif self.path == "/queue":
            for task in asked["delete"]:
                _running.pop(task, None)
            self._answer(200, b"")
        elif self.path == "/interrupt":
            _running.pop(asked["prompt_id"], None)
            self._answer(200, b"")
        else:
            self._json(404, {})

    def _queue(self, workflow: dict) -> None:
        unknown = {n: node for n, node in workflow.items() if node["class_type"] not in NODES}
        for node in unknown.values():
            error = {
                "type": "invalid_prompt",
                "message": f"Cannot execute because node {node['class_type']} is missing",
            }
            self._json(400, {"error": error, "node_errors": {}})
            return
        for number, node in workflow.items():
            if node["inputs"].get("ckpt_name", "model.safetensors") != "model.safetensors":
                fault = {"type": "value_not_in_list", "message": "Value not in list", "details": str(node["inputs"])}
                errors = {number: {"errors": [fault], "class_type": node["class_type"]}}
                error = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation"}
                self._json(400, {"error": error, "node_errors": errors})
                return
        task = str(uuid.uuid4())
        _running[task] = workflow
        self._json(200, {"prompt_id": task, "number": len(_journal), "node_errors": {}})

    def _keep(self, raw: bytes) -> None:
        fields = dict(re.findall(rb'name="(type|subfolder|overwrite)"\r\n\r\n([^\r]*)\r\n', raw))
        head = re.search(rb'name="image"; filename="([^"]+)"\r\nContent-Type: ([^\r]+)\r\n\r\n', raw)
        assert head
        name = head[1].decode()
        data = raw[head.end() : raw.index(b"\r\n--", head.end())]
        size = Image.open(io.BytesIO(data)).size
        folder = fields.get(b"subfolder", b"").decode()
        _journal.append({"path": self.path, "asked": {"name": name, "subfolder": folder, "size": size}})
        self._json(200, {"name": name, "subfolder": folder, "type": "input"})

    def _json(self, status: int, value: object) -> None:
        self._answer(status, json.dumps(value).encode(), "application/json")

    def _answer(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
