"""Routes of a school's and a department's own page of family education."""

from django.urls import path

from niangjia.web.partner.family import views

app_name = "our_family"

urlpatterns = [path("", views.index, name="index")]
