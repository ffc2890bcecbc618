"""Routes of this area."""

from django.urls import URLPattern

app_name = "org"

urlpatterns: list[URLPattern] = []
