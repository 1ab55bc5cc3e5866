"""An OpenAI-shaped images server, a program of its own: one PNG of 1024 x 1024 and 1.5 MB, after the time asked for.

`python -m bench.provider PORT SECONDS`. It does as little as it can, so that what is measured is the studio.
"""

import asyncio
import base64
import io
import sys

import numpy as np
from PIL import Image

SIDE = 1024
# Grain of this strength makes a soft picture as large as the ones that image models send.
_GRAIN = 2.9


def picture() -> bytes:
    """Soft colours under a grain."""
    random = np.random.default_rng(1)
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    waves = (128 + 90 * np.sin(x / 170 + y / 300), 120 + 80 * np.cos(y / 210), 140 + 70 * np.sin((x + y) / 260))
    soft = np.stack(waves, -1)
    grainy = np.clip(soft + random.normal(0, _GRAIN, soft.shape), 0, 255).astype("uint8")
    packed = io.BytesIO()
    Image.fromarray(grainy).save(packed, "PNG")
    return packed.getvalue()


async def serve(port: int, delay_seconds: float) -> None:
    """Answers until it is ended."""
    body = b'{"created":1,"data":[{"b64_json":"' + base64.b64encode(picture()) + b'"}]}'
    answer, models = _whole(body), _whole(b'{"object":"list","data":[{"id":"gpt-image-2","object":"model"}]}')

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"GET"):
                    writer.write(models)
                    continue
                length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length or 0))
                if delay_seconds:
                    await asyncio.sleep(delay_seconds)
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", port, backlog=512)
    async with server:
        await server.serve_forever()


def _whole(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
