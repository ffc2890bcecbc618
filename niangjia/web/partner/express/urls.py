"""Routes of the hospital's page."""

from django.urls import path

from niangjia.web.partner.express import views

app_name = "our_express"

urlpatterns = [path("", views.index, name="index")]
