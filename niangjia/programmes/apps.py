from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "niangjia.programmes"
    label = "programmes"
    verbose_name = "项目"

    def ready(self) -> None:
        from niangjia.org import merging
        from niangjia.programmes import measures
        from niangjia.programmes.actions import exports, imports, mergers, papers

        measures.declare()
        exports.declare()
        imports.declare()
        papers.declare()
        merging.register("在办申请", mergers.move_open)
