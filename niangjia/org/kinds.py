"""The words of the organisation."""

from django.db.models import TextChoices


class DivisionKind(TextChoices):
    """What kind of place a division code names (统计用区划代码)."""

    DISTRICT = "DISTRICT", "区县"
    SUBDISTRICT = "SUBDISTRICT", "街道"
    TOWN = "TOWN", "镇"
    TOWNSHIP = "TOWNSHIP", "乡"
    RESIDENTS = "RESIDENTS", "社区"
    VILLAGERS = "VILLAGERS", "村"


class UnitKind(TextChoices):
    """A body that acts: a federation, a part of one without a statistical code, a partner."""

    FEDERATION = "FEDERATION", "妇联"
    SUBUNIT = "SUBUNIT", "内设或功能区组织"
    DEPARTMENT = "DEPARTMENT", "成员单位"
    SCHOOL = "SCHOOL", "学校"
    SUPPLIER = "SUPPLIER", "服务机构"
    HOSPITAL = "HOSPITAL", "医疗机构"
    ASSESSOR = "ASSESSOR", "考核评估组"


class PostRole(TextChoices):
    """Offices of a federation and of those who work with it (domain notes 1.2)."""

    CHAIR = "CHAIR", "主席"
    VICE_CHAIR_FULL = "VICE_CHAIR_FULL", "专职副主席"
    VICE_CHAIR_PART = "VICE_CHAIR_PART", "兼职副主席"
    VICE_CHAIR_SECOND = "VICE_CHAIR_SECOND", "挂职副主席"
    STANDING_MEMBER = "STANDING_MEMBER", "常委"
    EXEC_MEMBER = "EXEC_MEMBER", "执委"
    STAFF = "STAFF", "干事"
    FINANCE = "FINANCE", "财务"
    GROUP_LEADER = "GROUP_LEADER", "妇女小组长"
    LIAISON = "LIAISON", "联络员"
    LECTURER = "LECTURER", "讲师"
    STATISTICIAN = "STATISTICIAN", "统计审核员"
    ASSESSOR = "ASSESSOR", "考核专家"
    JUROR = "JUROR", "评审专家"
    SYSTEM_ADMIN = "SYSTEM_ADMIN", "系统管理员"
    SECURITY_ADMIN = "SECURITY_ADMIN", "安全管理员"
    AUDITOR = "AUDITOR", "审计员"


class Domain(TextChoices):
    """Where an executive member comes from."""

    GRASSROOTS = "GRASSROOTS", "基层"
    SCIENCE = "SCIENCE", "科教"
    HEALTH = "HEALTH", "卫生"
    COMPANY = "COMPANY", "企业"
    SOCIAL = "SOCIAL", "社会组织"
    FARMING = "FARMING", "致富带头人"
    OFFICE = "OFFICE", "机关事业"
    OTHER = "OTHER", "其他"


class Political(TextChoices):
    """Political status (政治面貌)."""

    PARTY = "PARTY", "中共党员"
    YOUTH = "YOUTH", "共青团员"
    DEMOCRATIC = "DEMOCRATIC", "民主党派"
    MASSES = "MASSES", "群众"


class DayKind(TextChoices):
    """A day that is not what its weekday says (国务院办公厅放假通知)."""

    HOLIDAY = "HOLIDAY", "放假"
    WORKDAY = "WORKDAY", "调休上班"
