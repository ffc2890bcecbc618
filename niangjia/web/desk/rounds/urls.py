"""Routes of this area."""

from django.urls import URLPattern

app_name = "rounds"

urlpatterns: list[URLPattern] = []
