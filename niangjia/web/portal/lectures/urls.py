"""Routes of lectures to come, and of a lecturer's own page."""

from django.urls import path

from niangjia.web.portal.lectures import views

app_name = "lectures"

urlpatterns = [
    path("", views.index, name="index"),
    path("mine/", views.mine, name="mine"),
]
