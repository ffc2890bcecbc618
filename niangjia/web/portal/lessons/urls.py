"""The parents' micro-class."""

from django.urls import path

from niangjia.web.portal.lessons import views

app_name = "public_lessons"

urlpatterns = [
    path("", views.index, name="index"),
    path("mine/", views.mine, name="mine"),
    path("mine/<int:pk>/", views.take_back, name="take_back"),
    path("live/<int:pk>.ics", views.reminder, name="reminder"),
    path("<int:pk>/", views.lesson, name="lesson"),
    path("<int:pk>/ask/", views.ask, name="ask"),
    path("<int:pk>/opened/", views.opened, name="opened"),
    path("<int:pk>/captions.vtt", views.captions, name="captions"),
    path("<int:pk>/<slug:part>.<slug:ending>", views.media, name="media"),
]
