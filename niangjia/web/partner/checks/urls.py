"""Routes of this area."""

from django.urls import URLPattern

app_name = "checks"

urlpatterns: list[URLPattern] = []
