from django.apps import AppConfig


class ExpressConfig(AppConfig):
    name = "niangjia.express"
    label = "express"
    verbose_name = "母亲健康快车"

    def ready(self) -> None:
        from niangjia.express import measures

        measures.declare()
