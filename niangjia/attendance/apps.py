"""Sessions, their audience and who was there: group viewings, half-days of a class, lectures."""

from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "niangjia.attendance"
    label = "attendance"
    verbose_name = "场次和签到"

    def ready(self) -> None:
        from niangjia.attendance import measures

        measures.declare()
