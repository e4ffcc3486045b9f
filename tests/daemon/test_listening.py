"""The daemon's sockets: nothing waits for an acknowledgement before it is sent."""

from __future__ import annotations

import socket
from contextlib import closing

from notifier.daemon.serving import listen


def test_a_body_does_not_wait_for_its_headers_to_be_acknowledged() -> None:
    with closing(listen("127.0.0.1:0", key="web.bind")) as listener:
        with socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
        with closing(accepted):
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
