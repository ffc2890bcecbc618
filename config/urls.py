"""The whole site on a page."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from niangjia.web.files import open_file
from niangjia.web.ui.views import gallery
from niangjia.web.wechat import receive as wechat

handler400 = "niangjia.web.errors.bad_request"
handler403 = "niangjia.web.errors.forbidden"
handler404 = "niangjia.web.errors.not_found"
handler500 = "niangjia.web.errors.server_error"

portal = [
    path("vote/", include("niangjia.web.portal.vote.urls")),  # first: ballots come in thousands
    path("", include("niangjia.web.portal.home.urls")),
    path("apply/", include("niangjia.web.portal.apply.urls")),
    path("my/", include("niangjia.web.portal.mine.urls")),
    path("my/wishes/", include("niangjia.web.portal.wishes.own_urls")),
    path("wishes/", include("niangjia.web.portal.wishes.urls")),
    path("speak/", include("niangjia.web.portal.speak.urls")),
    path("my/sign-in/", include("niangjia.web.portal.signin.urls")),
    path("notices/", include("niangjia.web.portal.notices.urls")),
    path("lectures/", include("niangjia.web.portal.lectures.urls")),
    path("verify/", include("niangjia.web.portal.verify.urls")),
    path("brands/", include("niangjia.web.portal.brands.urls")),
    path("honours/", include("niangjia.web.portal.honours.urls")),
    path("lessons/", include("niangjia.web.portal.lessons.urls")),
    path("", include("niangjia.web.portal.attendance.urls")),
    path("study/", include("niangjia.web.portal.study.urls")),
    path("training/", include("niangjia.web.portal.training.urls")),
]
desk = [
    path("", include("niangjia.web.desk.inbox.urls")),
    path("cases/", include("niangjia.web.desk.cases.urls")),
    path("people/", include("niangjia.web.desk.people.urls")),
    path("rounds/", include("niangjia.web.desk.rounds.urls")),
    path("notices/", include("niangjia.web.desk.notices.urls")),
    path("payments/", include("niangjia.web.desk.payments.urls")),
    path("certificates/", include("niangjia.web.desk.certificates.urls")),
    path("jury/", include("niangjia.web.desk.jury.urls")),
    path("stock/", include("niangjia.web.desk.stock.urls")),
    path("needs/", include("niangjia.web.desk.needs.urls")),
    path("helpline/", include("niangjia.web.desk.helpline.urls")),
    path("brands/", include("niangjia.web.desk.brands.urls")),
    path("votes/", include("niangjia.web.desk.votes.urls")),
    path("lessons/", include("niangjia.web.desk.lessons.urls")),
    path("sessions/", include("niangjia.web.desk.attendance.urls")),
    path("campaigns/", include("niangjia.web.desk.campaigns.urls")),
    path("organisation/", include("niangjia.web.desk.org.urls")),
    path("plans/", include("niangjia.web.desk.plans.urls")),
    path("family/", include("niangjia.web.desk.family.urls")),
    path("express/ours/", include("niangjia.web.partner.express.urls")),
    path("express/", include("niangjia.web.desk.express.urls")),
    path("wishes/", include("niangjia.web.desk.wishes.urls")),
    path("training/", include("niangjia.web.desk.training.urls")),
    path("outlines/", include("niangjia.web.desk.outlines.urls")),
    path("blanks/", include("niangjia.web.desk.blanks.urls")),
    path("trail/", include("niangjia.web.desk.trail.urls")),
    path("accounts/", include("niangjia.web.desk.accounts.urls")),
    path("calendar/", include("niangjia.web.desk.calendar.urls")),
    path("transfers/", include("niangjia.web.desk.transfers.urls")),
    path("my-year/", include("niangjia.web.desk.my_year.urls")),
    path("help/", include("niangjia.web.desk.help.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *portal,
    path("desk/", include(desk)),
    path("partner/", include("niangjia.web.partner.checks.urls")),
    path("partner/family/", include("niangjia.web.partner.family.urls")),
    path("partner/helpline/", include("niangjia.web.partner.helpline.urls")),
    path("partner/indicators/", include("niangjia.web.partner.outlines.urls")),
    path("partner/training/", include("niangjia.web.partner.training.urls")),
    path("board/outlines/", include("niangjia.web.board.outlines.urls")),
    path("board/helpline/", include("niangjia.web.board.helpline.urls")),
    path("board/", include("niangjia.web.board.progress.urls")),
    path("accounts/", include("allauth.urls")),
    path("wechat/<int:endpoint>/", wechat, name="wechat"),
    path("files/<uuid:pk>/", open_file, name="file"),
]
if settings.DEBUG or settings.NIANGJIA_DEMO:
    urlpatterns.append(path("ui/", gallery, name="gallery"))
