from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from niangjia.brands import sql

# The four of 涪陵. Names are as published; what they hold is the district's to write.
BRANDS = (
    (
        "aizainiangjia",
        "爱在娘家",
        "有困难，找娘家",
        "heart",
        "维权帮助、走访慰问、两癌救助、心理关爱，妇联是妇女姐妹的娘家。",
    ),
    (
        "caixiangfunv",
        "菜乡涪女",
        "学技能，创新业",
        "flower",
        "技能培训、创业帮扶、巾帼基地、电子商务，帮榨菜之乡的妇女增收。",
    ),
    (
        "fuzhoutongxin",
        "涪州童心",
        "用心陪伴成长",
        "star",
        "关爱留守儿童、爱心妈妈结对、儿童之家、家庭教育，陪孩子们健康成长。",
    ),
    (
        "xingfufuling",
        "幸福涪陵",
        "好家庭，好家风",
        "home",
        "最美系列寻访、家风家训、婚恋服务、巾帼志愿，建设文明和谐的家。",
    ),
)


def seed(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    brand, default = apps.get_model("brands", "Brand"), apps.get_model("brands", "ProgrammeBrand")
    alias = editor.connection.alias
    for order, (key, name, slogan, icon, description) in enumerate(BRANDS, start=1):
        made = brand.objects.using(alias).create(
            key=key, name=name, slogan=slogan, icon=icon, description=description, order=order
        )
        if key == "aizainiangjia":
            default.objects.using(alias).create(programme="two_cancers_grant", brand=made)


class Migration(migrations.Migration):
    dependencies = [("brands", "0001_initial"), ("org", "0002_protect"), ("trail", "0002_append_only")]
    operations = [
        migrations.RunSQL(sql.VIEWS, sql.DROP),
        migrations.RunSQL(sql.PROTECT, migrations.RunSQL.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
