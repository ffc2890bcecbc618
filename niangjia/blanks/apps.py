from django.apps import AppConfig


class BlanksConfig(AppConfig):
    name = "niangjia.blanks"
    label = "blanks"
    verbose_name = "上级表格"
