from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "niangjia.needs"
    label = "needs"
    verbose_name = "群众需求"

    def ready(self) -> None:
        from niangjia.needs import measures

        measures.declare()
