"""The real site and an empty page of the desk: every layer a page passes through, and nothing on it."""

from django.http import HttpResponse
from django.template import engines
from django.urls import URLPattern, URLResolver, path

from benchmarks import _peer_marks, _peer_votes
from config import urls
from niangjia.access.verbs import Verb
from niangjia.web.guard import ActingRequest, may

EMPTY = "/desk/empty-page/"

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@may(Verb.ORG_READ)
def empty(request: ActingRequest) -> HttpResponse:
    """The frame of the desk with no content."""
    return HttpResponse(engines["django"].get_template("ui/base_desk.html").render({}, request))


urlpatterns: list[URLPattern | URLResolver] = [
    path(EMPTY.lstrip("/"), empty),
    path("vote/peer/<int:pk>/", _peer_votes.vote),
    path("s/peer/<int:pk>/", _peer_marks.sign),
    *urls.urlpatterns,
]
