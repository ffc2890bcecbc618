"""The officer's own year."""

from django.urls import path

from niangjia.web.desk.my_year import views

app_name = "my_year"

urlpatterns = [path("", views.index, name="index")]
