"""Public votes."""

from django.urls import path

from niangjia.web.portal.vote import views

app_name = "vote"

urlpatterns = [
    path("", views.index, name="index"),
    path("receipt/", views.look_up, name="look_up"),
    path("<int:pk>/", views.poll, name="poll"),
    path("<int:pk>/code/", views.code, name="code"),
    path("<int:pk>/receipt/", views.receipt, name="receipt"),
    path("<int:pk>/results/", views.results, name="results"),
    path("<int:pk>/ballots.csv.gz", views.ballot_file, name="file"),
    path("<int:pk>/recount.py", views.recount_program, name="recount"),
    path("<int:pk>/pictures/<int:number>/", views.picture, name="picture"),
]
