"""Routes of this area."""

from django.urls import path

from niangjia.web.board.progress import views

app_name = "board"

urlpatterns = [
    path("", views.index, name="index"),
    path("targets/<int:goal_id>/", views.target, name="target"),
    path("targets/<int:goal_id>/records/", views.records, name="records"),
]
