"""The wall of honour: who was named, by year and line. Everything comes from public views, so what she no longer agrees to is
gone with the next look; nothing here may be kept by a browser or a search engine."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from niangjia.org import queries as org
from niangjia.programmes import public as public_views
from niangjia.programmes.public import PublicHonour
from niangjia.web.files import public_file
from niangjia.web.guard import public
from niangjia.web.portal.notices.views import unlisted
from niangjia.web.portal.page import page

KINDS = {"BEFORE": "整治前", "AFTER": "整治后"}


@public
@unlisted
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    years = public_views.honour_years()
    asked = request.GET.get("year", "")
    known = {str(year): year for year, _ in years}
    year = known.get(asked, years[0][0] if years else None)
    found = public_views.honours_of(year) if year else []
    context = {"years": years, "year": year, "lines": _lines(found)}
    return page(request, "portal/honours/index.html", context)


@public
@unlisted
@never_cache
def honour(request: HttpRequest, pk: int) -> HttpResponse:
    """One honour with what may be told of it."""
    found = public_views.honour(pk)
    if found is None:
        raise Http404
    photos = [
        {"id": one.id, "label": KINDS.get(one.kind, f"{found.name}的照片")} for one in public_views.honour_photos(pk)
    ]
    context = {"honour": found, "town": org.place_name(found.town), "photos": photos}
    return page(request, "portal/honours/honour.html", context)


@public
@unlisted
@never_cache
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """A picture as the house re-encoded it, while everybody it needs agrees."""
    found = public_views.honour_photo(pk)
    if found is None:
        raise Http404
    return public_file(found.storage_name, found.mime)


def _lines(found: list[PublicHonour]) -> list[dict[str, object]]:
    """The honours of a year under their lines: who may be named, and how many in all."""
    lines = []
    for _, group in groupby(found, key=lambda one: one.programme_key):
        all_ = list(group)
        named = [{"honour": one, "town": org.place_name(one.town)} for one in all_ if one.named]
        lines.append(
            {"name": all_[0].programme.name, "count": len(all_), "named": named, "more": len(all_) - len(named)}
        )
    return lines
