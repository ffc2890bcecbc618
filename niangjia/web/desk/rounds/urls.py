"""Routes of the rounds room."""

from django.urls import path

from niangjia.web.desk.rounds import views

app_name = "rounds"

urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/state/", views.state, name="state"),
    path("<int:pk>/ask/", views.ask, name="ask"),
    path("<int:pk>/report/", views.report, name="report"),
    path("<int:pk>/towns/", views.towns, name="towns"),
    path("<int:pk>/quota/", views.quota, name="quota"),
]
