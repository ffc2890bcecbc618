"""Routes of 母亲健康快车."""

from django.urls import path

from niangjia.web.desk.express import trips, views

app_name = "express"

urlpatterns = [
    path("", views.index, name="index"),
    path("vehicles/new/", views.add, name="add"),
    path("vehicles/<int:pk>/", views.vehicle, name="vehicle"),
    path("vehicles/<int:pk>/edit/", views.edit, name="edit"),
    path("year/", views.year, name="year"),
    path("year/file/", views.year_file, name="year_file"),
    path("trips/", trips.index, name="trips"),
    path("trips/new/", trips.new, name="new"),
    path("trips/file/", trips.log_file, name="log_file"),
    path("trips/template/", trips.template, name="template"),
    path("trips/import/", trips.take, name="import"),
    path("trips/<int:pk>/", trips.show, name="trip"),
    path("trips/<int:pk>/edit/", trips.edit, name="edit_trip"),
    path("trips/<int:pk>/strike/", trips.strike, name="strike"),
]
