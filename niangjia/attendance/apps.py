"""Sessions, their audience and who was there: group viewings, half-days of a class, lectures."""

from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "niangjia.attendance"
    label = "attendance"
    verbose_name = "场次和签到"

    def ready(self) -> None:
        from niangjia.attendance import actions, measures
        from niangjia.org import merging

        measures.declare()
        merging.register("待办场次", actions.move_open)
