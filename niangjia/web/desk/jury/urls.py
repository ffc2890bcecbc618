"""URLs of this area."""

from django.urls import path

from niangjia.web.desk.jury import views

app_name = "jury"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/do/<slug:key>/", views.do, name="do"),
    path("<int:pk>/score/", views.begin, name="begin"),
    path("<int:pk>/score/<int:entry_id>/", views.score, name="score"),
    path("<int:pk>/score/<int:entry_id>/<uuid:file_id>/", views.picture, name="picture"),
    path("<int:pk>/protocol/", views.protocol, name="protocol"),
]
