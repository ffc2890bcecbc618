"""Routes of the votes room."""

from django.urls import path

from niangjia.web.desk.votes import views

app_name = "votes"

urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.create, name="create"),
    path("thresholds/", views.thresholds, name="thresholds"),
    path("segments/", views.segments, name="segments"),
    path("segments/template.xlsx", views.segments_template, name="segments_template"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/choices/", views.add_choice, name="add_choice"),
    path("<int:pk>/entries/", views.bring_in, name="bring_in"),
    path("<int:pk>/choices/<int:choice>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/step/", views.step, name="step"),
    path("<int:pk>/tokens/", views.tokens, name="tokens"),
    path("<int:pk>/report/", views.report, name="report"),
    path("<int:pk>/report/propose/", views.propose, name="propose"),
    path("<int:pk>/report/decide/", views.decide, name="decide"),
    path("<int:pk>/export/", views.export, name="export"),
]
