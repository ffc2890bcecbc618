from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "niangjia.reports"
    label = "reports"
    verbose_name = "报表"

    def ready(self) -> None:
        from niangjia.reports.tables import express, family, roster, training, wishes

        express.declare()
        family.declare()
        roster.declare()
        training.declare()
        wishes.declare()
