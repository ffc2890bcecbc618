"""Brands as residents see them."""

from django.urls import path

from niangjia.web.portal.brands import views

app_name = "public_brands"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:key>/", views.brand, name="brand"),
]
