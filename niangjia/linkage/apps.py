from django.apps import AppConfig


class LinkageConfig(AppConfig):
    name = "niangjia.linkage"
    label = "linkage"
    verbose_name = "人员查重"
