from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "niangjia.training"
    label = "training"
    verbose_name = "技能培训"

    def ready(self) -> None:
        from niangjia.org import merging
        from niangjia.training import actions, measures

        measures.declare()
        merging.register("在办培训", actions.move_open)
