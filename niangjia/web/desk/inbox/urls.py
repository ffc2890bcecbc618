"""URLs of this area."""

from django.urls import path

from niangjia.web.desk.inbox import views

app_name = "inbox"
urlpatterns = [path("", views.index, name="index")]
