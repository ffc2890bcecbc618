"""URLs of this area."""

from django.urls import path

from niangjia.web.desk.attendance import feeds, paper, tapping, views

app_name = "attendance"
urlpatterns = [
    path("", views.index, name="index"),
    path("year/", views.year, name="year"),
    path("rules/", views.rule, name="rule"),
    path("feeds/", feeds.index, name="feeds"),
    path("feeds/open/", feeds.open_one, name="open_feed"),
    path("feeds/<int:pk>/revoke/", feeds.revoke, name="revoke_feed"),
    path("worker.js", tapping.worker, name="worker"),
    path("<int:pk>/", views.session, name="session"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/hold/", views.hold, name="hold"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/tell/", views.tell, name="tell"),
    path("<int:pk>/merge/", views.merge, name="merge"),
    path("<int:pk>/part/", views.part, name="part"),
    path("<int:pk>/join/", views.join, name="join"),
    path("<int:pk>/unmark/", views.unmark, name="unmark"),
    path("<int:pk>/code/", views.new_code, name="new_code"),
    path("<int:pk>/screen/<str:half>/", views.screen, name="screen"),
    path("<int:pk>/tap/", tapping.tap, name="tap"),
    path("<int:pk>/taps/", tapping.taps, name="taps"),
    path("<int:pk>/paper/", paper.upload, name="paper"),
    path("<int:pk>/paper/enter/", paper.enter, name="enter"),
    path("<int:pk>/paper/template/", paper.template, name="template"),
    path("<int:pk>/sheet/", paper.sheet, name="sheet"),
    path("<int:pk>/poster/", paper.poster, name="poster"),
]
