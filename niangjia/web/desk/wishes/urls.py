"""Routes of 微心愿 at the desk."""

from django.urls import path

from niangjia.web.desk.wishes import views

app_name = "wishes"

urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("publish/", views.publish, name="publish"),
    path("file/", views.file, name="file"),
    path("template/", views.template, name="template"),
    path("import/", views.take, name="import"),
    path("terms/", views.terms, name="terms"),
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/names/", views.names, name="names"),
    path("<int:pk>/step/", views.step, name="step"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/unit/", views.unit, name="unit"),
    path("<int:pk>/deliver/", views.deliver, name="deliver"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/release/", views.release, name="release"),
    path("<int:pk>/take-down/", views.take_down, name="take_down"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
