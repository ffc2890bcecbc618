"""Masking for lists and notices. Staff lists keep a little more than what is made public.

There is no national masking standard; the rules follow the house's table: a public list shows a masked name and the
township, never the end of an ID number. Anything of an unexpected shape is masked whole.
"""

import re

STAR = "*"


def mask_name(name: str) -> str:
    """张桂芳 → 张*芳, 张三 → 张*, 欧阳桂芳 → 欧**芳; a name in parts keeps the first letter of each: 阿***·买**."""
    if len(name) == 1:
        return STAR
    if re.search(r"[· ]", name):
        return "".join(part if part in "· " else _keep(part, 1, 0) for part in re.split(r"([· ])", name))
    return _keep(name, 1, 1 if len(name) > 2 else 0)


def mask_id(number: str) -> str:
    """For staff lists: 5001**********1234."""
    return _keep(number, 4, 4) if len(number) == 18 else STAR * len(number)


def mask_phone(phone: str) -> str:
    """For staff lists: 138****5678; a landline keeps its area code, 023-****2222."""
    if re.fullmatch(r"1\d{10}", phone):
        return _keep(phone, 3, 4)
    area, dash, number = phone.partition("-")
    if dash and re.fullmatch(r"\d{7,8}", number):
        return f"{area}-{_keep(number, 0, 4)}"
    return STAR * len(phone)


def mask_card(card: str) -> str:
    """The last four digits, the length hidden: ****1234."""
    return STAR * 4 + card[-4:] if len(card) >= 13 else STAR * 4


def _keep(text: str, head: int, tail: int) -> str:
    return text[:head] + STAR * (len(text) - head - tail) + text[len(text) - tail :]
