"""Routes of the organisation room."""

from django.urls import path

from niangjia.web.desk.org import views

app_name = "org"

urlpatterns = [
    path("", views.index, name="index"),
    path("units/<int:pk>/", views.unit, name="unit"),
    path("units/<int:pk>/edit/", views.edit_unit, name="edit_unit"),
    path("units/<int:pk>/appoint/", views.appoint, name="appoint"),
    path("units/<int:pk>/term/", views.open_term, name="term"),
    path("units/<int:pk>/add/", views.add_unit, name="add"),
    path("units/<int:pk>/close/", views.close_unit, name="close"),
    path("posts/<int:pk>/end/", views.end_post, name="end"),
    path("officers/<int:pk>/edit/", views.edit_officer, name="officer"),
    path("officers/<int:pk>/phone/", views.phone, name="phone"),
    path("merge/", views.merge, name="merge"),
    path("roster/", views.roster, name="roster"),
    path("roster/export/", views.export, name="export"),
    path("roster/template/", views.template, name="template"),
]
