"""Named reads of brands: for officers under their range, for anybody from the public views."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connections
from django.db.models import QuerySet

from niangjia.brands.models import Brand, ProgrammeBrand, Tag
from niangjia.core import codes


def brands() -> QuerySet[Brand]:
    return Brand.objects.select_related("unit")


def brand_of(subject: str) -> Brand | None:
    """The brand a record carries, if the reader may see the record's tag."""
    tag = Tag.objects.filter(subject=subject).select_related("brand").first()
    return tag.brand if tag else None


def default_brand(programme: str) -> Brand | None:
    """The brand of a programme's records."""
    found = ProgrammeBrand.objects.filter(programme=programme).select_related("brand").first()
    return found.brand if found else None


def programmes_of(brand: Brand) -> list[str]:
    """Keys of the programmes whose records carry the brand by default."""
    return list(brand.programmes.order_by("programme").values_list("programme", flat=True))


def defaults() -> dict[str, Brand]:
    """The default brand by programme."""
    return {one.programme: one.brand for one in ProgrammeBrand.objects.select_related("brand")}


def tags(brand: Brand, *, place: str, since: dt.date | None = None, until: dt.date | None = None) -> QuerySet[Tag]:
    """Records of a brand in a place and a half-open period."""
    lo, hi = codes.subtree(place)
    found = Tag.objects.filter(brand=brand, place__gte=lo, place__lt=hi)
    if since:
        found = found.filter(on__gte=since)
    return found.filter(on__lt=until) if until else found


@dataclass(frozen=True, slots=True)
class PublicBrand:
    """A brand as anybody may see it."""

    id: int
    key: str
    name: str
    slogan: str
    description: str
    icon: str
    since: dt.date | None
    unit_name: str
    programmes: Sequence[str]


@dataclass(frozen=True, slots=True)
class PublicTag:
    """Something of a brand that anybody may see: never a person's record."""

    subject: str
    title: str
    on: dt.date
    place: str
    programme: str


def public_brands() -> list[PublicBrand]:
    """Brands on show, in their order, read as the public role."""
    with connections["public"].cursor() as cursor:
        cursor.execute(
            "SELECT id, key, name, slogan, description, icon, since, unit_name, programmes FROM public_brand "
            'ORDER BY "order", id'
        )
        return [PublicBrand(*row) for row in cursor.fetchall()]


def public_brand(key: str) -> PublicBrand | None:
    return next((brand for brand in public_brands() if brand.key == key), None)


def public_tags(brand_id: int, limit: int = 30) -> list[PublicTag]:
    """What a brand shows, the newest first."""
    with connections["public"].cursor() as cursor:
        cursor.execute(
            'SELECT subject, title, "on", place, programme FROM public_brand_tag WHERE brand_id = %s '
            'ORDER BY "on" DESC, id DESC LIMIT %s',
            [brand_id, limit],
        )
        return [PublicTag(*row) for row in cursor.fetchall()]
