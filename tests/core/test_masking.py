import pytest

from niangjia.core import masking


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("", ""),
        ("张", "*"),
        ("张三", "张*"),
        ("张桂芳", "张*芳"),
        ("欧阳桂芳", "欧**芳"),
        ("\U00020000三", "\U00020000*"),
        ("张\U00020000芳", "张*芳"),
        ("阿依古丽·买买提", "阿***·买**"),
        ("阿依·买", "阿*·买"),
        ("Maria Garcia", "M**** G*****"),
    ],
)
def test_a_name_keeps_its_first_letter_and_from_three_on_its_last(name: str, masked: str) -> None:
    assert masking.mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("500102199001011234", "5001**********1234"),
        ("50010219900101123X", "5001**********123X"),
        ("E12345678", "*********"),
        ("", ""),
    ],
)
def test_an_id_number_keeps_its_ends(number: str, masked: str) -> None:
    assert masking.mask_id(number) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("023-72222222", "023-****2222"),
        ("0816-2222222", "0816-***2222"),
        ("72222222", "********"),
        ("", ""),
    ],
)
def test_a_phone_keeps_its_ends(phone: str, masked: str) -> None:
    assert masking.mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("card", "masked"),
    [("6222021000000000000", "****0000"), ("4111111111111111", "****1111"), ("1234", "****"), ("", "****")],
)
def test_a_card_keeps_its_last_four_digits_and_hides_its_length(card: str, masked: str) -> None:
    assert masking.mask_card(card) == masked
