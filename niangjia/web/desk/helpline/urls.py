"""Routes of the line at the desk."""

from django.urls import path

from niangjia.web.desk.helpline import views

app_name = "helpline"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.enter, name="enter"),
    path("duty/", views.duty, name="duty"),
    path("duty/pass-on/", views.pass_on, name="pass_on"),
    path("clocks/", views.terms, name="terms"),
    path("key/", views.key, name="key"),
    path("answers/", views.answers, name="answers"),
    path("answers/new/", views.answer, name="new_answer"),
    path("answers/<int:pk>/", views.answer, name="answer"),
    path("answers/<int:pk>/publish/", views.publish_answer, name="publish_answer"),
    path("answers/<int:pk>/withdraw/", views.withdraw_answer, name="withdraw_answer"),
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/release/", views.release, name="release"),
    path("<int:pk>/set-aside/", views.set_aside, name="set_aside"),
    path("<int:pk>/unseal/", views.unseal, name="unseal"),
    path("<int:pk>/reseal/", views.reseal, name="reseal"),
    path("<int:pk>/letters/<int:referral>/", views.letter, name="letter"),
    path("<int:pk>/letters/<int:referral>/answer/", views.letter_answer, name="letter_answer"),
    path("<int:pk>/<slug:key>/", views.act, name="act"),
]
