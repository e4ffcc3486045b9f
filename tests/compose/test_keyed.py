"""Our HMAC is the standard library's."""

from __future__ import annotations

import hashlib
import hmac
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.compose.keyed import keyed


@pytest.mark.parametrize("new", [hashlib.sha256, partial(hashlib.blake2s, digest_size=16)])
@given(st.binary(max_size=70), st.binary(max_size=200))
def test_it_signs_as_the_standard_library_does(new: object, key: bytes, message: bytes) -> None:
    mac = keyed(key, new)  # type: ignore[arg-type]

    assert mac(message) == hmac.new(key, message, new).digest()  # type: ignore[arg-type]
    assert mac(message) == mac(message)
