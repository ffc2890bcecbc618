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
    ("number", "staff", "public"),
    [
        ("500102199001011234", "5001**********1234", "500102************"),
        ("50010219900101123X", "5001**********123X", "500102************"),
        ("E12345678", "*********", "*********"),
        ("", "", ""),
    ],
)
def test_an_id_number_shows_its_end_to_staff_only(number: str, staff: str, public: str) -> None:
    assert (masking.mask_id(number), masking.mask_id_public(number)) == (staff, public)


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


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("重庆市涪陵区敦仁街道太极大道市民中心3号", "重庆市涪陵区敦仁街道"),
        ("敦仁街道太极大道市民中心", "敦仁街道"),
        ("涪陵区焦石镇楠木村2组", "涪陵区焦石镇"),
        ("重庆市涪陵区大木乡", "重庆市涪陵区大木乡"),
        ("重庆市武隆区后坪苗族土家族乡文凤村", "重庆市武隆区后坪苗族土家族乡"),
        ("河南省新乡市红旗区向阳街道5号", "河南省新乡市红旗区向阳街道"),
        ("河南省南阳市镇平县石佛寺镇", "河南省南阳市镇平县石佛寺镇"),
        ("陕西省商洛市镇安县镇安镇新村", "陕西省商洛市镇安县镇安镇"),
        ("新疆维吾尔自治区和田地区和田市吉亚乡", "新疆维吾尔自治区和田地区和田市吉亚乡"),
        ("内蒙古自治区鄂尔多斯市鄂托克旗乌兰镇", "内蒙古自治区鄂尔多斯市鄂托克旗乌兰镇"),
        ("重庆市涪陵区兴华中路3号", "重庆市涪陵区"),
        ("兴华中路3号", ""),
        ("", ""),
    ],
)
def test_an_address_ends_at_the_township(address: str, masked: str) -> None:
    assert masking.mask_address(address) == masked
