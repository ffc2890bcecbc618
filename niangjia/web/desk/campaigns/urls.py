"""URLs of study campaigns at the desk."""

from django.urls import path

from niangjia.web.desk.campaigns import views

app_name = "campaigns"

urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.edit, name="create"),
    path("<int:pk>/", views.campaign, name="campaign"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/issue/", views.issue, name="issue"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/view/", views.view, name="view"),
    path("<int:pk>/reflect/", views.reflect, name="reflect"),
    path("<int:pk>/reflections/", views.reflections, name="reflections"),
    path("<int:pk>/report/", views.report, name="report"),
    path("<int:pk>/report.docx", views.report_word, name="report_word"),
    path("<int:pk>/export/", views.export, name="export"),
    path("returns/<int:pk>/", views.ret, name="ret"),
    path("returns/<int:pk>/showing/", views.showing, name="showing"),
    path("returns/<int:pk>/decide/", views.decide, name="decide"),
    path("showings/<int:pk>/photos/", views.photos, name="photos"),
    path("photos/<int:pk>/remove/", views.remove_photo, name="remove_photo"),
    path("reflections/<int:pk>/", views.reflection, name="reflection"),
    path("reflections/<int:pk>/back/", views.take_back, name="take_back"),
]
