"""A name server on the loopback interface that knows what a test tells it.

with NameServer({"example.no": "v=spf1 -all"}) as server:
    server.resolver.resolve("example.no", "TXT")
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset


class NameServer:
    """Answers TXT questions. A name that only has names below it exists and is empty (RFC 8020)."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def resolver(self) -> dns.resolver.Resolver:
        """A resolver that asks here and nowhere else."""
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = self._socket.getsockname()[1]
        return resolver

    def _serve(self) -> None:
        while True:
            asked, whence = self._socket.recvfrom(4096)
            if not asked:
                return
            self._socket.sendto(self._answer(dns.message.from_wire(asked)).to_wire(), whence)

    def _answer(self, question: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        name = question.question[0].name.to_text(omit_final_dot=True)
        if name in self._texts:
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", f'"{self._texts[name]}"'))
        elif not any(known.endswith(f".{name}") for known in self._texts):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()
