"""A proxy that passes every byte on some milliseconds late: a relay far away.

`python -m tests.bench.delay LISTEN_PORT HOST:PORT MILLISECONDS` serves until it is ended; the delay is one way's.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys


class Delay:
    """Passes connections on. What comes together travels together, and nothing waits for what came before."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._host, self._port, self._seconds = host, port, seconds

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both ways."""
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(2**16):
                loop.call_later(self._seconds, writer.write, data)
        await asyncio.sleep(self._seconds * 2)
        writer.close()


async def main(listen: int, place: str, milliseconds: float) -> None:
    """Serve until the process is ended."""
    host, _, port = place.rpartition(":")
    proxy = Delay(host, int(port), milliseconds / 1000)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", listen)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
