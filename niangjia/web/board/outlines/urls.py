"""Routes of the leaders' charts."""

from django.urls import path

from niangjia.web.board.outlines import views

app_name = "outline_board"

urlpatterns = [
    path("", views.index, name="index"),
    path("charts/<int:pk>/<slug:key>.<slug:form>", views.chart, name="chart"),
    path("trajectory/<int:pk>.<slug:form>", views.trajectory, name="trajectory"),
]
