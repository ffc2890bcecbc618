"""URLs of this area."""

from django.urls import path

from niangjia.web.desk.needs import views

app_name = "needs"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.create, name="create"),
    path("danger/", views.danger, name="danger"),
    path("deadlines/", views.deadlines, name="deadlines"),
    path("deadlines/<str:kind>/", views.deadline, name="deadline"),
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/assign/", views.assign, name="assign"),
    path("<int:pk>/hand-over/", views.hand_over, name="hand_over"),
    path("<int:pk>/finish/", views.finish, name="finish"),
]
