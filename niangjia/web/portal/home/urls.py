"""Routes of this area."""

from django.urls import URLPattern

app_name = "portal"

urlpatterns: list[URLPattern] = []
