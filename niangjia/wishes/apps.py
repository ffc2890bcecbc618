from django.apps import AppConfig


class WishesConfig(AppConfig):
    name = "niangjia.wishes"
    label = "wishes"
    verbose_name = "微心愿"

    def ready(self) -> None:
        from niangjia.org import merging
        from niangjia.wishes import actions, measures

        measures.declare()
        merging.register("在办微心愿", actions.move_open)
