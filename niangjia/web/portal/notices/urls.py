"""Routes of this area."""

from django.urls import URLPattern

app_name = "public_notices"

urlpatterns: list[URLPattern] = []
