"""Encrypted sound: SRTP with AES_CM_128_HMAC_SHA1_80, keyed by SDES (RFC 3711, RFC 4568). AES is libcrypto's, which the
Python of every Debian stands on.
"""

from __future__ import annotations

import base64
import ctypes
import ctypes.util
import hashlib
import hmac
import secrets
import struct

SUITE = "AES_CM_128_HMAC_SHA1_80"
_KEY, _SALT, _TAG, _HEADER = 16, 14, 10, 12
_CRYPTO = ctypes.CDLL(ctypes.util.find_library("crypto"))
for _name in ("EVP_CIPHER_CTX_new", "EVP_aes_128_ctr"):
    getattr(_CRYPTO, _name).restype = ctypes.c_void_p
_CRYPTO.EVP_EncryptInit_ex.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_char_p] * 2
_CRYPTO.EVP_EncryptUpdate.argtypes = [
    ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_int), ctypes.c_char_p, ctypes.c_int,
]  # fmt: skip
_CRYPTO.EVP_CIPHER_CTX_free.argtypes = [ctypes.c_void_p]


def new_key() -> str:
    """A master key and salt, as they stand behind ``inline:``."""
    return base64.b64encode(secrets.token_bytes(_KEY + _SALT)).decode()


class Srtp:
    """One direction of one stream, whose sequence numbers have not gone round yet (22 minutes)."""

    def __init__(self, key: str) -> None:
        master = base64.b64decode(key)
        self._master, salt = master[:_KEY], int.from_bytes(master[_KEY : _KEY + _SALT], "big")
        self._key, self._auth, session_salt = (
            self._derived(salt, label, size) for label, size in ((0, _KEY), (1, 20), (2, _SALT))
        )
        self._salt = int.from_bytes(session_salt, "big") << 16

    def _derived(self, salt: int, label: int, size: int) -> bytes:
        """RFC 3711 §4.3.1, with a derivation rate of 0."""
        return _aes_ctr(self._master, (salt ^ (label << 48)) << 16, bytes(size))

    def protect(self, packet: bytes) -> bytes:
        """A plain RTP packet without extensions, encrypted and authenticated."""
        sealed = packet[:_HEADER] + self._crypt(packet)
        return sealed + self._tag(sealed)

    def unprotect(self, packet: bytes) -> bytes | None:
        """The plain packet; None: it is not one of this stream, or was altered."""
        sealed, tag = packet[:-_TAG], packet[-_TAG:]
        if len(sealed) < _HEADER or not hmac.compare_digest(tag, self._tag(sealed)):
            return None
        return sealed[:_HEADER] + self._crypt(sealed)

    def _crypt(self, packet: bytes) -> bytes:
        sequence, _, source = struct.unpack("!2xHII", packet[:_HEADER])
        return _aes_ctr(self._key, self._salt ^ (source << 64) ^ (sequence << 16), packet[_HEADER:])

    def _tag(self, sealed: bytes) -> bytes:
        return hmac.digest(self._auth, sealed + bytes(4), hashlib.sha1)[
            :_TAG
        ]  # bytes(4): the roll-over counter


def _aes_ctr(key: bytes, counter: int, data: bytes) -> bytes:
    context = _CRYPTO.EVP_CIPHER_CTX_new()
    out, size = ctypes.create_string_buffer(len(data) + 16), ctypes.c_int()
    try:
        _CRYPTO.EVP_EncryptInit_ex(context, _CRYPTO.EVP_aes_128_ctr(), None, key, counter.to_bytes(16, "big"))
        _CRYPTO.EVP_EncryptUpdate(context, out, ctypes.byref(size), data, len(data))
    finally:
        _CRYPTO.EVP_CIPHER_CTX_free(context)
    return out.raw[: size.value]
