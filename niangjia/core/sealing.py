"""Sealing: authenticated encryption of single values, and the keyed blind index that finds them again.

A sealed value is ``algorithm (1 byte) | key id (1 byte) | nonce (12) | ciphertext and tag``. Algorithm 1 is
AES-256-GCM; the number leaves room for SM4-GCM. The context ("table.column") is authenticated, so a value moved to
another column does not open. The blind index has a key of its own: who holds the database and the sealing keys still
cannot test guesses against it.

Settings call ``install`` once at start; no other part of the house touches a key.
"""

import base64
import binascii
import hmac
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

AES_256_GCM = 1
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
HEADER_BYTES = 2


class SealError(Exception):
    """A value that cannot be sealed or opened. The message is Chinese and holds neither plain text nor key."""


@dataclass(frozen=True)
class Keyring:
    """The sealing keys by id (1-255, 32 bytes each), the id new values are sealed with, and the blind index key."""

    active: int
    keys: Mapping[int, bytes] = field(repr=False)
    blind: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.active not in self.keys:
            raise SealError(f"密钥文件缺少当前使用的{self.active}号密钥。请补上该密钥，或改正active。")
        for number, key in self.keys.items():
            if not 1 <= number <= 255:
                raise SealError(f"密钥编号{number}超出1至255。请改正密钥文件中的编号。")
            if len(key) != KEY_BYTES:
                raise SealError(f"{number}号密钥应为{KEY_BYTES}字节，现为{len(key)}字节。请换成完整的密钥。")
        if len(self.blind) != KEY_BYTES:
            raise SealError(f"检索密钥(blind)应为{KEY_BYTES}字节，现为{len(self.blind)}字节。请换成完整的密钥。")

    @classmethod
    def from_mapping(cls, document: Mapping[str, Any]) -> "Keyring":
        """Read ``{"sealing": {"active": 1, "keys": {"1": base64}}, "blind": base64}``."""
        try:
            sealing = document["sealing"]
            active = int(sealing["active"])
            keys = {int(number): base64.b64decode(key, validate=True) for number, key in sealing["keys"].items()}
            blind_key = base64.b64decode(document["blind"], validate=True)
        except (KeyError, TypeError, ValueError, AttributeError, binascii.Error):
            # The cause may quote the key itself, so it is not chained.
            raise SealError(
                "密钥文件格式不对。应为{“sealing”: {“active”: 编号, “keys”: {“编号”: base64}}, “blind”: base64}，"
                "请从备份恢复密钥文件。"
            ) from None
        return cls(active, keys, blind_key)


def fresh_keys() -> dict[str, Any]:
    """A new random key document, as ``Keyring.from_mapping`` reads it, for the first start of an installation."""
    return {"sealing": {"active": 1, "keys": {"1": _random_key()}}, "blind": _random_key()}


def with_next_key(document: Mapping[str, Any]) -> dict[str, Any]:
    """The key document with one more sealing key, now active; older keys stay so that older values open."""
    keys = document["sealing"]["keys"]
    number = max(map(int, keys)) + 1
    return {"sealing": {"active": number, "keys": {**keys, str(number): _random_key()}}, "blind": document["blind"]}


_installed: Keyring | None = None


def install(keyring: Keyring) -> None:
    """Make these the keys of the process."""
    global _installed
    _installed = keyring


def keyring() -> Keyring:
    """The keys of the process. Raises SealError before ``install``."""
    if _installed is None:
        raise SealError("尚未载入密钥。请检查密钥文件或环境变量后重新启动。")
    return _installed


def seal(plain: str | bytes, *, context: str) -> bytes:
    """Encrypt with the active key. The same text sealed twice gives different bytes."""
    ring = keyring()
    data = plain.encode() if isinstance(plain, str) else plain
    nonce = os.urandom(NONCE_BYTES)
    cipher = AESGCM(ring.keys[ring.active])
    return bytes((AES_256_GCM, ring.active)) + nonce + cipher.encrypt(nonce, data, context.encode())


def unseal(sealed: bytes, *, context: str) -> str:
    """The text that was sealed. Raises SealError if the key, the context or a single bit is not the same."""
    try:
        return _open(sealed, context).decode()
    except UnicodeDecodeError:
        raise SealError(f"“{context}”的密文解开后不是文字。请联系系统管理员核对数据。") from None


def reseal(sealed: bytes, *, context: str) -> bytes:
    """The same value under the active key; a value that is already under it comes back as it is."""
    if key_id_of(sealed) == keyring().active:
        return sealed
    return seal(_open(sealed, context), context=context)


def key_id_of(sealed: bytes) -> int:
    """The number of the key a value was sealed with."""
    if len(sealed) < HEADER_BYTES + NONCE_BYTES + TAG_BYTES:
        raise SealError("密文不完整。请从备份恢复该数据。")
    if sealed[0] != AES_256_GCM:
        raise SealError(f"不认识密文的算法编号{sealed[0]}。请升级系统，或从备份恢复该数据。")
    return sealed[1]


def blind(text: str, *, context: str) -> bytes:
    """32 bytes that are equal for equal text (after NFKC) in one context: HMAC-SHA256 under the blind index key."""
    message = context.encode() + b"\0" + unicodedata.normalize("NFKC", text).encode()
    return hmac.digest(keyring().blind, message, sha256)


def _open(sealed: bytes, context: str) -> bytes:
    number = key_id_of(sealed)
    key = keyring().keys.get(number)
    if key is None:
        raise SealError(f"缺少{number}号密钥，无法解开“{context}”的密文。请把该密钥补回密钥文件。")
    body = sealed[HEADER_BYTES:]
    try:
        return AESGCM(key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], context.encode())
    except InvalidTag:
        raise SealError(f"“{context}”的密文被改动过，或不属于这一栏。请从备份恢复该数据并查明原因。") from None


def _random_key() -> str:
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()
