"""URLs of the micro-class at the desk."""

from django.urls import path

from niangjia.web.desk.lessons import views

app_name = "lessons"

urlpatterns = [
    path("", views.index, name="index"),
    path("series/new/", views.series, name="new_series"),
    path("series/<int:pk>/", views.series, name="series"),
    path("new/", views.write, name="new"),
    path("<int:pk>/", views.lesson, name="lesson"),
    path("<int:pk>/write/", views.write, name="write"),
    path("<int:pk>/word/", views.word, name="word"),
    path("<int:pk>/captions/", views.captions, name="captions"),
    path("<int:pk>/media/", views.media, name="media"),
    path("<int:pk>/media/<slug:part>/", views.listen, name="listen"),
    path("<int:pk>/media/<slug:part>/remove/", views.remove_media, name="remove_media"),
    path("<int:pk>/step/", views.step, name="step"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("live/new/", views.live, name="new_live"),
    path("live/<int:pk>/", views.live, name="live"),
    path("live/<int:pk>/cancel/", views.cancel_live, name="cancel_live"),
    path("live/<int:pk>/recording/", views.recording, name="recording"),
    path("questions/", views.questions, name="questions"),
    path("questions/<int:pk>/", views.question, name="question"),
    path("questions/<int:pk>/publish/", views.publish_question, name="publish_question"),
]
