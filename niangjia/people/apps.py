from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "niangjia.people"
    label = "people"
    verbose_name = "人员与账号"

    def ready(self) -> None:
        from niangjia.org import merging
        from niangjia.people import actions

        merging.register("居民档案", actions.move_residents)
