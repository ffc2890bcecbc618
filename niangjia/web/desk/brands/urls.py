"""URLs of this area."""

from django.urls import path

from niangjia.web.desk.brands import views

app_name = "brands"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.create, name="create"),
    path("tag/", views.tag, name="tag"),
    path("<int:pk>/", views.report, name="report"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/export/", views.export, name="export"),
]
