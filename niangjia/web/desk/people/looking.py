"""Looking for people. What was typed may be a number, so it never stands in an address in clear."""

from __future__ import annotations

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Replace

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import identity
from niangjia.people import queries as people
from niangjia.people.models import Person
from niangjia.web.desk.sought import SearchError

TOKEN = "web.person_search"  # noqa: S105  the context a search is sealed under


def read(text: str, by: Acting) -> str:
    """What to look for, ready to be sealed: a number is turned into its index. Raises SearchError.

    A telephone is looked up by one who may see telephones, for a hit tells whose it is.
    """
    wanted = text.strip()[:80]
    digits = sum(sign.isdigit() for sign in wanted)
    try:
        if digits >= 15:
            return f"i{people.id_index(identity.parse_id(wanted).number).hex()}"
        if digits >= 8:
            if not by.may(Verb.REVEAL_IDENTITY):
                raise SearchError("按手机号查找需要“查看完整证件号和电话”权限。请改用姓名或身份证号。")
            return f"p{people.phone_index(identity.parse_phone(wanted)).hex()}"
    except identity.IdentityError as error:
        raise SearchError(str(error)) from error
    return f"t{wanted}"


def found(wanted: str) -> QuerySet[Person]:
    """The entries meant, in the order of their names."""
    kind, words = wanted[:1], wanted[1:]
    everyone = Person.objects.select_related("merged_into").order_by("name_pinyin", "pk")
    match kind:
        case "i":
            return everyone.filter(id_index=bytes.fromhex(words))
        case "p":
            return everyone.filter(phone_index=bytes.fromhex(words))
        case "t" if words:
            return _by_name(everyone, words)
    return everyone.none()


def _by_name(everyone: QuerySet[Person], words: str) -> QuerySet[Person]:
    spelt = words.lower().replace(" ", "")
    if not spelt.isascii():
        return everyone.filter(name__contains=words)
    squeezed = everyone.alias(squeezed=Replace("name_pinyin", Value(" "), Value("")))
    return squeezed.filter(Q(name_initials__startswith=spelt) | Q(squeezed__startswith=spelt))
