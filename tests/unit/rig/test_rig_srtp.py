"""The rig's SRTP against the test vectors of RFC 3711, and against itself."""

from __future__ import annotations

import base64

from rig.srtp import Srtp, _aes_ctr, new_key


def test_the_key_stream_is_that_of_rfc_3711_b_2() -> None:
    key = bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C")
    counter = int("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000", 16)
    stream = _aes_ctr(key, counter, bytes(32)).hex().upper()
    assert stream == "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB"


def test_the_keys_are_those_of_rfc_3711_b_3() -> None:
    master = bytes.fromhex("E1F97A0D3E018BE0D64FA32C06DE4139" + "0EC675AD498AFEEBB6960B3AABE6")
    made = Srtp(base64.b64encode(master).decode())
    assert made._key.hex().upper() == "C61E7A93744F39EE10734AFE3FF7A087"
    assert made._salt >> 16 == int("30CBBC08863D8C85D49DB34A9AE1", 16)
    assert made._auth.hex().upper() == "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"


def test_what_was_sealed_is_opened_and_nothing_else() -> None:
    key = new_key()
    packet = bytes.fromhex("80080001000000a012345678") + bytes(range(160))
    sealed = Srtp(key).protect(packet)
    assert packet[12:] not in sealed
    assert Srtp(key).unprotect(sealed) == packet
    assert Srtp(key).unprotect(sealed[:-1] + bytes([sealed[-1] ^ 1])) is None
    assert Srtp(new_key()).unprotect(sealed) is None
    assert Srtp(key).unprotect(packet) is None
