"""Signing in and out of residents."""

from django.urls import path

from niangjia.web.portal.signin import views

app_name = "signin"

urlpatterns = [
    path("", views.enter, name="enter"),
    path("code/", views.code, name="code"),
    path("code/again/", views.again, name="again"),
    path("out/", views.out, name="out"),
]
