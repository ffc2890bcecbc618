from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "niangjia.transfers"
    label = "transfers"
    verbose_name = "大文件进出"
