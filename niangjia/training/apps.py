from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "niangjia.training"
    label = "training"
    verbose_name = "技能培训"

    def ready(self) -> None:
        from niangjia.training import measures

        measures.declare()
