"""Signatures and encryption of messages WeChat sends to an official account (公众平台 消息加解密, 安全模式)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import struct
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK: Final = 32  # the padding counts to 32, not to the cipher's 16


class Forged(Exception):
    """What came is not from WeChat, or not for us. Nothing of it may be used."""


def signature(token: str, *parts: str) -> str:
    """Hex SHA-1 over token and parts, sorted and joined."""
    return hashlib.sha1("".join(sorted([token, *parts])).encode(), usedforsecurity=False).hexdigest()


def is_signed(claimed: str, token: str, *parts: str) -> bool:
    return hmac.compare_digest(claimed.encode(), signature(token, *parts).encode())


def _cipher(key: str) -> Cipher[modes.CBC]:
    raw = base64.b64decode(key + "=")
    return Cipher(algorithms.AES(raw), modes.CBC(raw[:16]))


def decrypt(sealed: str, *, key: str, app_id: str) -> str:
    """The XML inside. ``key`` is the EncodingAESKey, 43 characters. Raises Forged for anything that does not fit."""
    try:
        data = base64.b64decode(sealed, validate=True)
        decryptor = _cipher(key).decryptor()
        plain = decryptor.update(data) + decryptor.finalize()
        padding = plain[-1]
        if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
            raise Forged("padding")
        plain = plain[:-padding]
        (length,) = struct.unpack("!I", plain[16:20])
        content, owner = plain[20 : 20 + length], plain[20 + length :]
        if len(content) != length or owner.decode() != app_id:
            raise Forged("not for us")
        return content.decode()
    except (ValueError, IndexError, struct.error, binascii.Error) as error:
        raise Forged(type(error).__name__) from None


def encrypt(text: str, *, key: str, app_id: str, salt: bytes | None = None) -> str:
    """What goes back, sealed for WeChat. ``salt`` are 16 random bytes."""
    content = text.encode()
    plain = (salt or os.urandom(16)) + struct.pack("!I", len(content)) + content + app_id.encode()
    padding = BLOCK - len(plain) % BLOCK
    encryptor = _cipher(key).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()
