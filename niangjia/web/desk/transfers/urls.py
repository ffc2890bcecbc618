"""Routes of large files."""

from django.urls import path

from niangjia.web.desk.transfers import views

app_name = "transfers"

urlpatterns = [
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/file/", views.file, name="file"),
]
