"""URLs of this area."""

from django.urls import path

from niangjia.web.desk.certificates import views

app_name = "certificates"
urlpatterns = [
    path("", views.index, name="index"),
    path("pdf/", views.pdf, name="pdf"),
    path("print/", views.sheets, name="print"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/revoke/", views.revoke, name="revoke"),
]
