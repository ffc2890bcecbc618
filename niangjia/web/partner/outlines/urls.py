"""Routes of a department's indicators."""

from django.urls import path

from niangjia.web.partner.outlines import views

app_name = "indicators"

urlpatterns = [
    path("", views.index, name="index"),
    path("years/<int:pk>/", views.year, name="year"),
    path("years/<int:pk>/sheet/", views.sheet, name="sheet"),
    path("years/<int:pk>/upload/", views.upload, name="upload"),
    path("years/<int:pk>/checks/", views.checks, name="checks"),
    path("papers/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("orders/<int:pk>/", views.order, name="order"),
]
