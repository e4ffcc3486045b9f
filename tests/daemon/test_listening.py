"""The daemon's sockets: nothing waits for an acknowledgement before it is sent, and one that cannot be had is named."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

import pytest

from notifier.daemon.serving import listen
from notifier.errors import AddressUnavailableError, ConfigurationError


def test_a_body_does_not_wait_for_its_headers_to_be_acknowledged() -> None:
    with closing(listen("127.0.0.1:0", key="web.bind")) as listener:
        with socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
        with closing(accepted):
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("bind", ["192.0.2.1:8080", "varsel.invalid:8080"])
def test_an_address_that_this_machine_has_not_yet_is_no_mistake_in_the_settings(bind: str) -> None:
    with pytest.raises(AddressUnavailableError, match=f"as in web.bind, {bind}, or not yet"):
        listen(bind, key="web.bind")


def test_a_name_that_none_can_have_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(ConfigurationError, match="names no host"):
        listen("ø..no:8080", key="web.bind")


def test_a_folder_that_is_not_there_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="make the folder first"):
        listen(str(tmp_path / "not" / "inbox.sock"), key="inbox.bind")
