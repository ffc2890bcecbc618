"""Routes of the handbook."""

from django.urls import path

from niangjia.web.desk.help import views

app_name = "help"

urlpatterns = [
    path("", views.index, name="index"),
    path("pictures/<str:name>", views.picture, name="picture"),
    path("<slug:page>/", views.index, name="page"),
]
