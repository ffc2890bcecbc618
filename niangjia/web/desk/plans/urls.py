"""Routes of this area."""

from django.urls import path

from niangjia.web.desk.plans import bench, goals, views

app_name = "plans"

urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.upload, name="upload"),
    path("example/", views.example, name="example"),
    path("<int:plan_id>/new-version/", views.upload_version, name="upload_version"),
    path("<int:plan_id>/revise/", views.revise, name="revise"),
    path("<int:plan_id>/months/", goals.months, name="months"),
    path("versions/<int:pk>/", bench.version, name="version"),
    path("versions/<int:pk>/changes/", views.changes, name="changes"),
    path("versions/<int:pk>/act/", bench.act, name="act"),
    path("items/<int:pk>/", bench.item, name="item"),
    path("suggested/<int:pk>/", bench.target, name="target"),
    path("targets/<int:goal_id>/", goals.goal, name="goal"),
    path("targets/<int:goal_id>/arrange/", goals.arrange, name="arrange"),
    path("targets/<int:goal_id>/split/", goals.split, name="split"),
    path("targets/<int:goal_id>/report/", goals.report, name="report"),
    path("targets/<int:goal_id>/state/", goals.state, name="state"),
]
