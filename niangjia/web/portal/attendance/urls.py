"""Signing in with the code on the wall, and calendars by address."""

from django.urls import path

from niangjia.web.desk.attendance.feeds import calendar
from niangjia.web.portal.attendance import views

app_name = "sign_in"
urlpatterns = [
    path("s/<str:token>/", views.door, name="door"),
    path("calendar/<str:token>.ics", calendar, name="calendar"),
]
