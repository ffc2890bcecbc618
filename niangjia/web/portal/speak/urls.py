"""The line as women meet it."""

from django.urls import path

from niangjia.web.portal.speak import views

app_name = "speak"
urlpatterns = [
    path("", views.index, name="index"),
    path("write/", views.write, name="write"),
    path("answer/", views.answer, name="answer"),
    path("answer/say/", views.say, name="say"),
    path("answer/rate/", views.rate, name="rate"),
    path("answer/take-back/", views.take_back, name="take_back"),
    path("common/", views.common, name="common"),
]
