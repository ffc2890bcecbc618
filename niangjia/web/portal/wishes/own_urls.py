"""A resident's own wishes and claims."""

from django.urls import path

from niangjia.web.portal.wishes import own

app_name = "own_wishes"
urlpatterns = [
    path("", own.index, name="index"),
    path("<int:pk>/withdraw/", own.withdraw, name="withdraw"),
    path("<int:pk>/received/", own.received, name="received"),
    path("claims/<int:pk>/give-back/", own.give_back, name="give_back"),
    path("claims/<int:pk>/seen/", own.seen, name="seen"),
]
