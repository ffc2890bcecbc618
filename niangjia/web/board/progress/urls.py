"""Routes of this area."""

from django.urls import URLPattern

app_name = "board"

urlpatterns: list[URLPattern] = []
