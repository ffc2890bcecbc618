import pytest
from hypothesis import given
from hypothesis import strategies as st

from niangjia.core import text


def test_full_width_signs_become_half_width_and_nothing_else_changes() -> None:
    assert text.fold_width("（ＡＢＣ１２３）　张\U00020000·ﬁ") == "(ABC123) 张\U00020000·ﬁ"


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("妇女联合会", "婦女聯合會"),
        ("头发 发展", "頭髮 發展"),
        ("干部 干净", "幹部 乾淨"),
        ("皇后 以后", "皇后 以後"),
        ("Niangjia 2026", "Niangjia 2026"),
        ("", ""),
    ],
)
def test_words_are_converted_both_ways(simplified: str, traditional: str) -> None:
    assert (text.to_traditional(simplified), text.to_simplified(traditional)) == (traditional, simplified)


@pytest.mark.parametrize(
    ("html", "converted"),
    [
        ("<p>发展</p>", "<p>發展</p>"),
        ("<title>发展</title>", "<title>發展</title>"),
        ("<a title='发展' href='/?q=发展'>看</a>", "<a title='發展' href='/?q=发展'>看</a>"),
        ('<img alt="发展" src="发展.png">', '<img alt="發展" src="发展.png">'),
        ('<b aria-label = "发展" data-title="发展">', '<b aria-label = "發展" data-title="发展">'),
        (
            '<input value="发展" PLACEHOLDER="请填写发展" name="发展">',
            '<input value="发展" PLACEHOLDER="請填寫發展" name="发展">',
        ),
        ("<option value='发展'>发展</option>", "<option value='发展'>發展</option>"),
        ('<i title="a > 发">发</i>', '<i title="a > 發">發</i>'),
        ("<script>let a = '发展<b>';</script>发", "<script>let a = '发展<b>';</script>發"),
        ("<STYLE>/* 发 */</STYLE>发", "<STYLE>/* 发 */</STYLE>發"),
        (
            '<textarea title="发" name="a">发展<b></textarea >发',
            '<textarea title="發" name="a">发展<b></textarea >發',
        ),
        ("<script>发展", "<script>发展"),
        ("<!-- 发展 <p> -->发", "<!-- 发展 <p> -->發"),
        ("<!DOCTYPE html>发", "<!DOCTYPE html>發"),
        ("1 < 2 发展 > 1", "1 < 2 發展 > 1"),
        ("发展 &amp; 发", "發展 &amp; 發"),
        ("", ""),
    ],
)
def test_only_what_is_read_on_a_page_is_converted(html: str, converted: str) -> None:
    assert text.html_to_traditional(html) == converted


@given(st.text(alphabet="<>/\"'=!- abp发", max_size=60))
def test_converting_a_page_changes_single_characters_only(html: str) -> None:
    assert text.html_to_traditional(html).replace("發", "发") == html


@pytest.mark.parametrize(
    ("name", "key", "letters"),
    [
        ("张桂芳", "zhang gui fang", "zgf"),
        ("張桂芳", "zhang gui fang", "zgf"),
        ("单丹", "shan dan", "sd"),
        ("仇和平", "qiu he ping", "qhp"),
        ("解小红", "xie xiao hong", "xxh"),
        ("曾经纬", "zeng jing wei", "zjw"),
        ("区志红", "ou zhi hong", "ozh"),
        ("翟晶", "zhai jing", "zj"),
        ("覃文", "qin wen", "qw"),
        ("单于红", "chan yu hong", "cyh"),
        ("尉迟红", "yu chi hong", "ych"),
        ("万俟红", "mo qi hong", "mqh"),
        ("长孙红", "zhang sun hong", "zsh"),
        ("欧阳桂芳", "ou yang gui fang", "oygf"),
        ("刘重阳", "liu chong yang", "lcy"),
        ("吕红", "lv hong", "lh"),
        ("解", "xie", "x"),
        ("单于", "chan yu", "cy"),
        ("阿依古丽·买买提", "a yi gu li mai mai ti", "ayglmmt"),
        ("解依·买买提", "jie yi mai mai ti", "jymmt"),
        ("龦红", "龦 hong", "龦h"),
        ("张\U0003134f", "zhang \U0003134f", "z\U0003134f"),
        ("Maria Garcia", "maria garcia", "mg"),
        ("张A", "zhang a", "za"),
        ("", "", ""),
    ],
)
def test_a_name_sorts_by_its_syllables_and_is_found_by_their_first_letters(name: str, key: str, letters: str) -> None:
    assert (text.pinyin_key(name), text.initials(name)) == (key, letters)


def test_names_sort_by_whole_syllables() -> None:
    assert sorted(["西安娜", "先红", "夏红"], key=text.pinyin_key) == ["西安娜", "夏红", "先红"]


@pytest.mark.parametrize(
    ("name", "grams"),
    [
        ("张桂芳", ["张", "桂", "芳", "张桂", "桂芳"]),
        ("張桂芳", ["张", "桂", "芳", "张桂", "桂芳"]),
        ("张芳芳", ["张", "芳", "张芳", "芳芳"]),
        ("阿依·买", ["阿", "依", "买", "阿依", "依买"]),
        ("\U00020000三", ["\U00020000", "三", "\U00020000三"]),
        ("Ｌi Na", ["l", "i", "n", "a", "li", "in", "na"]),
        ("张", ["张"]),
        ("", []),
    ],
)
def test_search_grams_are_the_characters_and_neighbours_of_the_simplified_name(name: str, grams: list[str]) -> None:
    assert text.search_grams(name) == grams


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("照顾婆婆十二年。\n\n邻里称赞。", "照顾婆婆十二年。\n\n邻里称赞。"),
        (
            '<p class="MsoNormal">照顾<b>婆婆</b>十二年。<o:p></o:p></p><p>邻里称赞。</p>',
            "照顾婆婆十二年。\n\n邻里称赞。",
        ),
        ("<!--[if gte mso 9]><xml><w:x>1</w:x></xml><![endif]--><style>p {color: red}</style>好人", "好人"),
        ("第一行<br>第二行<br/>第三行", "第一行\n第二行\n第三行"),
        ("\uf0b7\u200b一是孝老\u00a0爱亲\ufeff\x07", "一是孝老 爱亲"),
        ("&ldquo;好人&rdquo;&nbsp;有好报", "“好人” 有好报"),
        ("一\r\n\r\n\r\n\r\n二\x0b三", "一\n\n二\n三"),
        ("3<5，A&B，<王某>，a < b > c", "3<5，A&B，<王某>，a < b > c"),
        ("<script>alert(1)</script>她", "她"),
        ("𠮷野家", "𠮷野家"),
    ],
)
def test_pasted_text_loses_its_markup_and_keeps_its_paragraphs(pasted: str, kept: str) -> None:
    assert text.plain_text(pasted) == kept
    assert text.plain_text(kept) == kept
