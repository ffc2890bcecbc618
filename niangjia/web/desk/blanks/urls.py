"""URLs of this area."""

from django.urls import path

from niangjia.web.desk.blanks import views

app_name = "blanks"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/layout/", views.layout, name="layout"),
    path("<int:pk>/cell/", views.cell, name="cell"),
    path("<int:pk>/cell/empty/", views.empty, name="empty"),
    path("<int:pk>/renew/", views.renew, name="renew"),
    path("<int:pk>/fill/", views.fill, name="fill"),
    path("<int:pk>/open/", views.set_open, name="set_open"),
    path("filled/<int:pk>/", views.filled, name="filled"),
    path("filled/<int:pk>/file/", views.file, name="file"),
    path("filled/<int:pk>/hand-over/", views.hand_over, name="hand_over"),
]
