"""Routes of this area."""

from django.urls import URLPattern

app_name = "apply"

urlpatterns: list[URLPattern] = []
