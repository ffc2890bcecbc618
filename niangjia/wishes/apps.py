from django.apps import AppConfig


class WishesConfig(AppConfig):
    name = "niangjia.wishes"
    label = "wishes"
    verbose_name = "微心愿"

    def ready(self) -> None:
        from niangjia.wishes import measures

        measures.declare()
