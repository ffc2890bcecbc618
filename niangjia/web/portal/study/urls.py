"""Study campaigns residents are asked to."""

from django.urls import path

from niangjia.web.portal.study import views

app_name = "public_study"

urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.campaign, name="campaign"),
    path("<int:pk>/mine/", views.mine, name="mine"),
    path("<int:pk>/view/", views.view, name="view"),
    path("reflections/<int:pk>/", views.take_back, name="take_back"),
]
