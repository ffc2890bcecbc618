"""Routes of the calendar room."""

from django.urls import path

from niangjia.web.desk.calendar import views

app_name = "calendar"

urlpatterns = [path("", views.index, name="index")]
