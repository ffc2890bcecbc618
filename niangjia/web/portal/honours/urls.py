"""The wall of honour."""

from django.urls import path

from niangjia.web.portal.honours import views

app_name = "public_honours"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.honour, name="honour"),
    path("photos/<int:pk>/", views.photo, name="photo"),
]
