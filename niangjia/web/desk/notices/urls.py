"""Routes of the notices room."""

from django.urls import path

from niangjia.web.desk.notices import views

app_name = "notices"

urlpatterns = [
    path("", views.index, name="index"),
    path("rounds/<int:round_pk>/new/", views.create, name="create"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/publish/", views.publish, name="publish"),
    path("<int:pk>/override/", views.override, name="override"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/remove-attachment/", views.remove_attachment, name="remove_attachment"),
    path("objections/<int:pk>/", views.objection, name="objection"),
]
