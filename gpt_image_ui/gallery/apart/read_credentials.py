"""The program that checks content credentials: writes what they say, and whether it holds, as JSON. It asks nobody."""

import json
import sys
from typing import Any

from gpt_image_ui.gallery.apart import limits

_TEXT_CHARS = 200
_AI = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")
_OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}


def main(media_type: str) -> None:
    """Reads standard input. Any failure ends the program, which is all that its caller needs to know."""
    limits.lower()
    import c2pa

    context = c2pa.Context(c2pa.Settings.from_dict(_OFFLINE))
    with c2pa.Reader(media_type, sys.stdin.buffer, context=context) as reader:
        told = json.loads(reader.json())
    sys.stdout.write(json.dumps(_summary(told)))


def _summary(told: dict[str, Any]) -> dict[str, Any]:
    manifest = told["manifests"][told["active_manifest"]]
    signature = manifest.get("signature_info") or {}
    generators = manifest.get("claim_generator_info") or [{}]
    return {
        "state": told["validation_state"],
        "codes": [str(status.get("code")) for status in told.get("validation_status") or []][:20],
        "signer": _line(signature.get("issuer") or signature.get("common_name")),
        "signed_at": _line(signature.get("time")),
        "tool": _line(generators[0].get("name") or manifest.get("claim_generator")),
        # What an ingredient was does not count here: a photograph may have been made from a drawing.
        "ai": any(str(kind).rsplit("/", 1)[-1] in _AI for kind in _sources(manifest)),
    }


def _sources(manifest: dict[str, Any]) -> list[Any]:
    data = [part.get("data") for part in manifest.get("assertions") or [] if "c2pa.actions" in str(part.get("label"))]
    actions = [action for part in data if isinstance(part, dict) for action in part.get("actions") or []]
    return [action.get("digitalSourceType") for action in actions if isinstance(action, dict)]


def _line(text: Any) -> str:
    """What a stranger wrote, on one line."""
    printable = "".join(c if c.isprintable() else " " for c in str(text or ""))
    return " ".join(printable.split())[:_TEXT_CHARS]


if __name__ == "__main__":
    main(sys.argv[1])
