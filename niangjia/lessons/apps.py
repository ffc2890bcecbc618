from django.apps import AppConfig


class LessonsConfig(AppConfig):
    name = "niangjia.lessons"
    label = "lessons"
    verbose_name = "父母微课堂"

    def ready(self) -> None:
        from niangjia.lessons import measures

        measures.declare()
