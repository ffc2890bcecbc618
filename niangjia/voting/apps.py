from django.apps import AppConfig


class VotingConfig(AppConfig):
    name = "niangjia.voting"
    label = "voting"
    verbose_name = "公众投票"
