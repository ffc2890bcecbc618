"""Route of the line's health."""

from django.urls import path

from niangjia.web.board.helpline import views

app_name = "helpline_health"
urlpatterns = [path("", views.index, name="index")]
