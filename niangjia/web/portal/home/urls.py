"""The front door."""

from django.urls import path

from niangjia.web.portal.home import views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("guide/", views.guide, name="guide"),
    path("privacy/", views.privacy, name="privacy"),
    path("preferences/", views.preferences, name="preferences"),
]
