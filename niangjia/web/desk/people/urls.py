"""Routes of the people room."""

from django.urls import path

from niangjia.web.desk.people import views

app_name = "people"

urlpatterns = [
    path("", views.index, name="index"),
    path("search/", views.search, name="search"),
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/household/", views.household, name="household"),
    path("<int:pk>/check/", views.check, name="check"),
    path("compare/", views.compare, name="compare"),
    path("duplicates/", views.duplicates, name="duplicates"),
    path("duplicates/run/", views.run, name="run"),
    path("duplicates/<int:pk>/", views.pair, name="pair"),
    path("duplicates/<int:pk>/<slug:verdict>/", views.judge, name="judge"),
]
