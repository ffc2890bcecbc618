"""What a brand is and what it offers now. Everything comes from public views; nobody is named."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from niangjia.brands import queries
from niangjia.org import queries as org
from niangjia.reports import brand as reports
from niangjia.web.guard import public
from niangjia.web.portal.page import page


@public
def index(request: HttpRequest) -> HttpResponse:
    return page(request, "portal/brands/index.html", {"brands": queries.public_brands()})


@public
def brand(request: HttpRequest, key: str) -> HttpResponse:
    found = queries.public_brand(key)
    if found is None:
        raise Http404
    offer = reports.offer(found)
    context = {
        "brand": found,
        "offer": offer,
        "activities": [{"tag": tag, "place": org.place_name(tag.place)} for tag in offer.activities],
        "notices": [(tag, tag.subject.partition(":")[2]) for tag in offer.notices],
    }
    return page(request, "portal/brands/brand.html", context)
