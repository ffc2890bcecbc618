"""Training as residents meet it."""

from django.urls import path

from niangjia.web.portal.training import views

app_name = "public_training"
urlpatterns = [
    path("", views.index, name="index"),
    path("mine/", views.mine, name="mine"),
    path("mine/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("mine/<int:pk>/hide-name/", views.hide_name, name="hide_name"),
    path("feedback/<str:code>/", views.feedback, name="feedback"),
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/sign-up/", views.sign_up, name="sign_up"),
]
