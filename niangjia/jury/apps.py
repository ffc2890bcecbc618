from django.apps import AppConfig


class JuryConfig(AppConfig):
    name = "niangjia.jury"
    label = "jury"
    verbose_name = "评审"
