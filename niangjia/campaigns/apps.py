from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "niangjia.campaigns"
    label = "campaigns"
    verbose_name = "学习收看活动"

    def ready(self) -> None:
        from niangjia.campaigns import measures

        measures.declare()
