import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from niangjia.core import sealing
from niangjia.core.sealing import Keyring, SealError

FIRST, SECOND, BLIND = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32
PLAIN = "500102199001011234"


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_installed", Keyring(1, {1: FIRST}, BLIND))


@given(st.text())
def test_what_was_sealed_opens_as_it_was(text: str) -> None:
    assert sealing.unseal(sealing.seal(text, context="woman.name"), context="woman.name") == text


def test_bytes_of_a_text_may_be_sealed() -> None:
    assert sealing.unseal(sealing.seal("张桂芳".encode(), context="woman.name"), context="woman.name") == "张桂芳"


def test_the_layout_is_algorithm_key_nonce_ciphertext_and_tag() -> None:
    sealed = sealing.seal(PLAIN, context="woman.id_number")
    assert (sealed[0], sealed[1], len(sealed)) == (1, 1, 2 + 12 + len(PLAIN) + 16)
    assert sealing.key_id_of(sealed) == 1


def test_the_same_text_sealed_twice_shows_no_likeness() -> None:
    first, second = (sealing.seal(PLAIN, context="woman.id_number") for _ in range(2))
    assert first[2:14] != second[2:14]
    assert first[14:] != second[14:]


def test_a_value_does_not_open_in_another_column() -> None:
    sealed = sealing.seal(PLAIN, context="woman.id_number")
    with pytest.raises(SealError) as error:
        sealing.unseal(sealed, context="woman.phone")
    assert str(error.value) == "“woman.phone”的密文被改动过，或不属于这一栏。请从备份恢复该数据并查明原因。"


@given(st.integers(0, 2 + 12 + len(PLAIN) + 16 - 1), st.integers(0, 7))
def test_no_single_bit_can_be_changed(position: int, bit: int) -> None:
    sealed = bytearray(sealing.seal(PLAIN, context="woman.id_number"))
    sealed[position] ^= 1 << bit
    with pytest.raises(SealError):
        sealing.unseal(bytes(sealed), context="woman.id_number")


@pytest.mark.parametrize(
    ("sealed", "message"),
    [
        (b"", "密文不完整。请从备份恢复该数据。"),
        (b"\x01\x01" + b"\0" * 27, "密文不完整。请从备份恢复该数据。"),
        (b"\x02\x01" + b"\0" * 28, "不认识密文的算法编号2。请升级系统，或从备份恢复该数据。"),
        (
            b"\x01\x09" + b"\0" * 28,
            "缺少9号密钥，无法解开“woman.id_number”的密文。请把该密钥补回密钥文件。",
        ),
    ],
)
def test_what_cannot_be_opened_says_why(sealed: bytes, message: str) -> None:
    with pytest.raises(SealError) as error:
        sealing.unseal(sealed, context="woman.id_number")
    assert str(error.value) == message


def test_sealed_bytes_that_are_no_text_say_so_without_showing_them() -> None:
    sealed = sealing.seal(b"\xff\xfe", context="woman.name")
    with pytest.raises(SealError) as error:
        sealing.unseal(sealed, context="woman.name")
    assert str(error.value) == "“woman.name”的密文解开后不是文字。请联系系统管理员核对数据。"
    assert error.value.__suppress_context__


def test_resealing_moves_a_value_to_the_active_key_and_a_second_time_changes_nothing() -> None:
    old = sealing.seal(PLAIN, context="woman.id_number")
    sealing.install(Keyring(2, {1: FIRST, 2: SECOND}, BLIND))
    new = sealing.reseal(old, context="woman.id_number")
    assert sealing.key_id_of(new) == 2
    assert sealing.unseal(new, context="woman.id_number") == PLAIN
    assert sealing.reseal(new, context="woman.id_number") is new


def test_a_retired_key_is_named_when_it_is_missing() -> None:
    old = sealing.seal(PLAIN, context="woman.id_number")
    sealing.install(Keyring(2, {2: SECOND}, BLIND))
    with pytest.raises(SealError) as error:
        sealing.reseal(old, context="woman.id_number")
    assert str(error.value) == "缺少1号密钥，无法解开“woman.id_number”的密文。请把该密钥补回密钥文件。"


def test_the_blind_index_is_equal_for_equal_text_whatever_its_width() -> None:
    plain = sealing.blind("13800000000", context="woman.phone")
    assert (len(plain), plain) == (32, sealing.blind("１３８００００００００", context="woman.phone"))


def test_the_blind_index_differs_between_texts_contexts_and_keys() -> None:
    values = [
        sealing.blind("13800000000", context="woman.phone"),
        sealing.blind("13800000001", context="woman.phone"),
        sealing.blind("13800000000", context="account.phone"),
    ]
    sealing.install(Keyring(1, {1: FIRST}, SECOND))
    values.append(sealing.blind("13800000000", context="woman.phone"))
    assert len(set(values)) == 4


def test_the_blind_index_stays_what_it_was_when_the_sealing_key_changes() -> None:
    before = sealing.blind(PLAIN, context="woman.id_number")
    sealing.install(Keyring(2, {1: FIRST, 2: SECOND}, BLIND))
    assert sealing.blind(PLAIN, context="woman.id_number") == before


def test_a_fresh_key_document_survives_json_and_makes_a_keyring_of_new_keys() -> None:
    first, second = (Keyring.from_mapping(json.loads(json.dumps(sealing.fresh_keys()))) for _ in range(2))
    assert (first.active, list(first.keys)) == (1, [1])
    assert len({first.keys[1], first.blind, second.keys[1], second.blind}) == 4


def test_a_next_key_is_active_and_the_older_keys_and_the_blind_key_stay() -> None:
    document = sealing.fresh_keys()
    old, new = Keyring.from_mapping(document), Keyring.from_mapping(sealing.with_next_key(document))
    assert (new.active, sorted(new.keys), new.keys[1], new.blind) == (2, [1, 2], old.keys[1], old.blind)


def test_a_keyring_shows_no_key_when_printed() -> None:
    assert repr(sealing.keyring()) == "Keyring(active=1)"


GOOD = base64.b64encode(FIRST).decode()
SHORT = base64.b64encode(b"short-secret").decode()


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            {"sealing": {"active": 2, "keys": {"1": GOOD}}, "blind": GOOD},
            "密钥文件缺少当前使用的2号密钥。请补上该密钥，或改正active。",
        ),
        (
            {"sealing": {"active": 1, "keys": {"1": GOOD, "256": GOOD}}, "blind": GOOD},
            "密钥编号256超出1至255。请改正密钥文件中的编号。",
        ),
        (
            {"sealing": {"active": 1, "keys": {"1": SHORT}}, "blind": GOOD},
            "1号密钥应为32字节，现为12字节。请换成完整的密钥。",
        ),
        (
            {"sealing": {"active": 1, "keys": {"1": GOOD}}, "blind": SHORT},
            "检索密钥(blind)应为32字节，现为12字节。请换成完整的密钥。",
        ),
    ],
)
def test_a_key_document_with_a_wrong_key_is_refused(document: dict[str, object], message: str) -> None:
    with pytest.raises(SealError) as error:
        Keyring.from_mapping(document)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"sealing": {"active": 1, "keys": {"1": "not base64 secret"}}, "blind": GOOD},
        {"sealing": {"active": "one", "keys": {"1": GOOD}}, "blind": GOOD},
        {"sealing": {"active": 1, "keys": [GOOD]}, "blind": GOOD},
        {"sealing": {"active": 1, "keys": {"1": GOOD}}},
    ],
)
def test_a_malformed_key_document_is_refused_without_quoting_it(document: dict[str, object]) -> None:
    with pytest.raises(SealError) as error:
        Keyring.from_mapping(document)
    assert str(error.value) == (
        "密钥文件格式不对。应为{“sealing”: {“active”: 编号, “keys”: {“编号”: base64}}, “blind”: base64}，"
        "请从备份恢复密钥文件。"
    )
    assert error.value.__suppress_context__


def test_nothing_is_sealed_before_the_keys_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_installed", None)
    with pytest.raises(SealError) as error:
        sealing.seal(PLAIN, context="woman.id_number")
    assert str(error.value) == "尚未载入密钥。请检查密钥文件或环境变量后重新启动。"
