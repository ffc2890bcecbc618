from django.apps import AppConfig


class TrailConfig(AppConfig):
    name = "niangjia.trail"
    label = "trail"
    verbose_name = "操作留痕"
