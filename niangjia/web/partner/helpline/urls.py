"""Routes of a department's letters from the line."""

from django.urls import path

from niangjia.web.partner.helpline import views

app_name = "referrals"
urlpatterns = [path("", views.index, name="index"), path("<int:pk>/", views.show, name="show")]
