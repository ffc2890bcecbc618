"""Routes of the accounts room."""

from django.urls import path

from niangjia.web.desk.accounts import views

app_name = "accounts"

urlpatterns = [
    path("", views.index, name="index"),
    path("switch/", views.switch, name="switch"),
    path("security/", views.security, name="security"),
    path("officers/<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/change/", views.change, name="change"),
]
