"""Looking a certificate up."""

from django.urls import path

from niangjia.web.portal.verify import views

app_name = "verify"

urlpatterns = [
    path("", views.ask, name="ask"),
    path("<slug:code>/", views.show, name="show"),
]
