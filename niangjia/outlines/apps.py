from django.apps import AppConfig


class OutlinesConfig(AppConfig):
    name = "niangjia.outlines"
    label = "outlines"
    verbose_name = "发展规划"

    def ready(self) -> None:
        from niangjia.outlines import measures

        measures.declare()
