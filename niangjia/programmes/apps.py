from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "niangjia.programmes"
    label = "programmes"
    verbose_name = "项目"

    def ready(self) -> None:
        from niangjia.programmes import measures

        measures.declare()
