"""Lines of a calendar are short, and a sign of the format in a title stays a sign of the title."""

from niangjia.core.icalendar import escaped, folded


def test_a_calendar_line_is_folded_between_characters_and_its_signs_escaped() -> None:
    line = "SUMMARY:" + escaped("上午，a,b;c\\d\n" + "培训" * 40)
    assert escaped("a,b;c\\d\r\ne\x07") == "a\\,b\\;c\\\\d\\ne"
    pieces = list(folded(line))
    assert max(len(piece.encode()) for piece in pieces) <= 75
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
