"""Public notices."""

from django.urls import path

from niangjia.web.portal.notices import views

app_name = "public_notices"

urlpatterns = [
    path("", views.index, name="index"),
    path("answer/", views.answer, name="answer"),
    path("<int:pk>/", views.notice, name="notice"),
    path("<int:pk>/attachment/", views.attachment, name="attachment"),
    path("<int:pk>/objection/", views.objection, name="objection"),
    path("<int:pk>/objection/filed/", views.filed, name="filed"),
]
