"""Named writes of brands."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.brands import queries
from niangjia.brands.models import Brand, ProgrammeBrand, Tag
from niangjia.core import clock, codes, subject
from niangjia.core.refused import Refused


def _district(by: Acting) -> None:
    by.require(Verb.BRAND_MANAGE)
    if by.level is not codes.Level.DISTRICT:
        raise Refused("品牌由区妇联维护。")


@transaction.atomic
def save_brand(*, by: Acting, brand_id: int | None = None, **values: Any) -> Brand:
    """Add a brand, or change its name, slogan, owner, description, icon, order, whether it is on show."""
    _district(by)
    brand = Brand.objects.select_for_update(of=("self",)).get(pk=brand_id) if brand_id else Brand()
    for key, value in values.items():
        setattr(brand, key, value)
    try:
        with transaction.atomic():
            brand.save()
    except IntegrityError as error:
        raise Refused("已有同样代号的品牌。", {"key": "已有同样代号的品牌，请换一个代号。"}) from error
    record(
        by=by, stream="brands", verb="brand.save", subject=f"brand:{brand.pk}", place=by.place,
        summary={"name": brand.name},
    )  # fmt: skip
    return brand


@transaction.atomic
def set_default(*, programme: str, brand: Brand | None, by: Acting) -> None:
    """The brand a programme's records carry; None takes it away. Records already tagged keep their brand."""
    _district(by)
    if brand is None:
        ProgrammeBrand.objects.filter(programme=programme).delete()
    else:
        ProgrammeBrand.objects.update_or_create(programme=programme, defaults={"brand": brand})
    record(
        by=by, stream="brands", verb="brand.default", subject=f"programme_brand:{programme}", place=by.place,
        summary={"programme": programme, "brand": brand.key if brand else ""},
    )  # fmt: skip


@transaction.atomic
def tag(
    *,
    about: str,
    place: str,
    title: str,
    by: Acting,
    brand: Brand | None = None,
    programme: str = "",
    on: dt.date | None = None,
    public: bool = False,
) -> Tag | None:
    """Put a record on the shelf of a brand; without one, of its programme's default, and None if that has none.

    A record carries one brand: tagging it again changes it. ``public`` shows its title on the brand's page; records of
    persons, households and cases are never public. Everybody who may write the record may tag it: no verb is asked here.
    """
    if not subject.is_subject(about):
        raise ValueError(f"{about!r} is no subject such as 'case:12'")
    brand = brand or queries.default_brand(programme)
    if brand is None:
        return None
    if public and subject.kind_of(about) in subject.PRIVATE:
        raise Refused("个人和家庭的记录不在品牌页展示。", {"public": "不能展示。"})
    values = {
        "brand": brand, "place": place, "title": title, "programme": programme, "on": on or clock.today(), "public": public,
        "by": by.signature, "at": clock.now(),
    }  # fmt: skip
    try:
        with transaction.atomic():
            made, _ = Tag.objects.update_or_create(subject=about, defaults=values)
    except IntegrityError as error:
        raise Refused("这条记录在别处已标了品牌，请由上级改。") from error
    record(
        by=by, stream=f"brand:{brand.pk}", verb="brand.tag", subject=about, place=place, summary={"brand": brand.key}
    )
    return made


@transaction.atomic
def untag(*, about: str, by: Acting) -> bool:
    """Take a record off its shelf; whether it stood on one."""
    found = Tag.objects.filter(subject=about).select_related("brand").first()
    if found is None:
        return False
    found.delete()
    record(
        by=by, stream=f"brand:{found.brand_id}", verb="brand.untag", subject=about, place=found.place,
        summary={"brand": found.brand.key},
    )  # fmt: skip
    return True
