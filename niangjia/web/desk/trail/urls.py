"""Routes of the trail room."""

from django.urls import path

from niangjia.web.desk.trail import views

app_name = "trail"

urlpatterns = [path("", views.index, name="index")]
