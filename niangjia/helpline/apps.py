from django.apps import AppConfig


class HelplineConfig(AppConfig):
    name = "niangjia.helpline"
    label = "helpline"
    verbose_name = "妇女来件"

    def ready(self) -> None:
        from niangjia.helpline import measures

        measures.declare()
