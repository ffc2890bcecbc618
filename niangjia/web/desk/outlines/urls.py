"""Routes of the office's outlines."""

from django.urls import path

from niangjia.web.desk.outlines import definitions, hard, reports, views, years

app_name = "outlines"

urlpatterns = [
    path("", views.index, name="index"),
    path("load/", definitions.load, name="load"),
    path("<int:pk>/", views.status, name="status"),
    path("<int:pk>/definitions/", definitions.index, name="definitions"),
    path("<int:pk>/definitions/new/", definitions.new, name="new"),
    path("<int:pk>/import/", definitions.take_in, name="import"),
    path("<int:pk>/targets/", definitions.sheet, name="targets"),
    path("<int:pk>/hand-over/", definitions.hand_over, name="hand_over"),
    path("<int:pk>/years/open/", years.open_year, name="open_year"),
    path("<int:pk>/hard/", hard.index, name="hard"),
    path("<int:pk>/report/", reports.index, name="report"),
    path("<int:pk>/report/word/", reports.word, name="word"),
    path("indicators/<int:pk>/", views.indicator, name="indicator"),
    path("indicators/<int:pk>/edit/", definitions.edit, name="edit"),
    path("indicators/<int:pk>/target/", definitions.target, name="target"),
    path("indicators/<int:pk>/evidence/", reports.evidence, name="evidence"),
    path("years/<int:pk>/", years.detail, name="year"),
    path("values/<int:pk>/", years.value, name="value"),
    path("orders/<int:pk>/", hard.order, name="order"),
    path("orders/<int:pk>/word/", reports.order, name="order_word"),
]
