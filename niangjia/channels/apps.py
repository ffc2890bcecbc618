from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "niangjia.channels"
    label = "channels"
    verbose_name = "渠道"
