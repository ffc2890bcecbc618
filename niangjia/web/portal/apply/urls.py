"""Applying, page by page."""

from django.urls import path

from niangjia.web.portal.apply import views

app_name = "apply"

urlpatterns = [
    path("", views.index, name="index"),
    path("round/<int:round_id>/", views.begin, name="begin"),
    path("<int:pk>/", views.resume, name="resume"),
    path("<int:pk>/<int:number>/", views.fill, name="fill"),
    path("<int:pk>/receipt/", views.receipt, name="receipt"),
]
