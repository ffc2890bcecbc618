"""URLs of this area."""

from django.urls import path

from niangjia.web.desk.cases import views

app_name = "cases"
urlpatterns = [
    path("", views.index, name="index"),
    path("search/", views.search, name="search"),
    path("export/", views.export, name="export"),
    path("history/", views.history, name="history"),
    path("history/template/", views.history_template, name="history_template"),
    path("help-apply/", views.help_apply, name="help_apply"),
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/letter/<slug:key>/", views.letter, name="letter"),
    path("round/<int:round_id>/table/<slug:key>/", views.layout, name="layout"),
    path("round/<int:round_id>/table/<slug:key>/read/", views.read_layout, name="read_layout"),
    path("<int:pk>/step/<slug:key>/", views.step, name="step"),
    path("<int:pk>/reveal/<slug:field>/", views.reveal, name="reveal"),
    path("<int:pk>/ask-again/<int:check_id>/", views.ask_again, name="ask_again"),
]
