"""The words about people."""

from django.db.models import TextChoices


class Sex(TextChoices):
    FEMALE = "F", "女"
    MALE = "M", "男"


class IdKind(TextChoices):
    """Foreign spouses have passports; some elders and children have no number (domain notes 6, rule 12)."""

    RESIDENT = "RESIDENT", "居民身份证"
    PASSPORT = "PASSPORT", "护照"
    NONE = "NONE", "暂无证件"


class Purpose(TextChoices):
    """What a consent is for. Publication needs its own (个人信息保护法 art. 25), as do health and bank data (art. 29)."""

    APPLY = "APPLY", "办理本次申请"
    HEALTH = "HEALTH", "使用健康信息核实资格"
    BANK = "BANK", "使用银行账户发放款项"
    SHARE = "SHARE", "向协作部门核实资格"
    PUBLISH = "PUBLISH", "公示姓名（已隐去部分文字）"
    STORY = "STORY", "公开文字事迹"
    PHOTO = "PHOTO", "公开照片"
    MINORS = "MINORS", "公开未成年人照片（监护人同意）"


class Channel(TextChoices):
    PORTAL = "PORTAL", "本人手机"
    HELPER = "HELPER", "他人代填并当面宣读"
    PAPER = "PAPER", "纸质签名"


class Verdict(TextChoices):
    """What became of a pair that may be one person."""

    PROPOSED = "PROPOSED", "待判定"
    LATER = "LATER", "以后再看"
    MERGED = "MERGED", "已合并"
    DIFFERENT = "DIFFERENT", "不是同一人"


class RunState(TextChoices):
    """How far a look through the whole register is."""

    RUNNING = "RUNNING", "正在查重"
    DONE = "DONE", "已完成"
    FAILED = "FAILED", "未完成"
