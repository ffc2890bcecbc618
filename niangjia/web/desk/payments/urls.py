"""Routes of the payments room."""

from django.urls import path

from niangjia.web.desk.payments import views

app_name = "payments"

urlpatterns = [
    path("", views.index, name="index"),
    path("rounds/<int:pk>/", views.create, name="create"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/export/", views.export, name="export"),
    path("<int:pk>/results/", views.upload, name="upload"),
    path("lines/<int:pk>/", views.line, name="line"),
]
