"""微心愿 as residents see it."""

from django.urls import path

from niangjia.web.portal.wishes import views

app_name = "public_wishes"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.wish, name="wish"),
    path("<int:pk>/claim/", views.claim, name="claim"),
]
