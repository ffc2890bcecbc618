"""Routes of the training body's pages."""

from django.urls import path

from niangjia.web.partner.training import views

app_name = "our_training"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.course, name="course"),
    path("<int:pk>/scores/", views.scores, name="scores"),
]
