"""Routes of the departments' page."""

from django.urls import path

from niangjia.web.partner.checks import views

app_name = "checks"

urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.detail, name="detail"),
]
