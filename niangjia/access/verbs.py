"""Everything a person can be allowed to do. Roles are lists of these in ``config/roles.yaml``."""

from niangjia.core.labelled import Labelled


class Verb(Labelled):
    """One permission. The value is stable and stored; the label is what the client reads."""

    # the organisation
    ORG_READ = "org.read", "查看组织架构"
    ORG_WRITE = "org.write", "维护组织和任职"
    ORG_GUARD = "org.guard", "登记管理员、审计员和财务的任职"
    ROSTER_IMPORT = "org.roster.import", "导入名册"
    ROSTER_EXPORT = "org.roster.export", "导出名册"
    # people
    PERSON_SEARCH = "people.search", "检索人员"
    PERSON_MERGE = "people.merge", "合并重复人员"
    REVEAL_IDENTITY = "people.reveal.identity", "查看完整证件号和电话"
    REVEAL_BANK = "people.reveal.bank", "查看完整银行账号"
    HEALTH_READ = "people.health.read", "查看病情资料"
    # cases
    CASE_READ = "case.read", "查看申请"
    CASE_ENTER = "case.enter", "代填申请"
    CASE_VERIFY = "case.verify", "村社区核实原件"
    CASE_REVIEW = "case.review", "镇街审核"
    CASE_ASK = "case.ask", "发起部门核验"
    CASE_DECIDE = "case.decide", "区级审定"
    CASE_ALLOCATE = "case.allocate", "分配名额"
    CASE_PAY = "case.pay", "编制发放清单"
    CASE_PAY_RESULT = "case.pay.result", "登记银行结果"
    CASE_FOLLOW_UP = "case.follow_up", "回访"
    CASE_STOP = "case.stop", "终止或撤销"
    CASE_EXPORT = "case.export", "导出申请清单"
    CHECK_ANSWER = "check.answer", "答复部门核验"
    ROUND_MANAGE = "round.manage", "管理批次"
    # notices and objections
    NOTICE_DRAFT = "notice.draft", "起草公示"
    NOTICE_PUBLISH = "notice.publish", "发布公示"
    NOTICE_OVERRIDE = "notice.override", "放行被拦截的公示"
    OBJECTION_HANDLE = "objection.handle", "处理异议"
    # juries
    JURY_MANAGE = "jury.manage", "组织评审"
    JURY_SCORE = "jury.score", "评审打分"
    JURY_DECIDE = "jury.decide", "按评审结果评定"
    # certificates
    CERTIFICATE_READ = "certificate.read", "查看证书"
    CERTIFICATE_ISSUE = "certificate.issue", "颁发和打印证书"
    CERTIFICATE_REVOKE = "certificate.revoke", "撤销证书"
    # goods, needs, brands
    STOCK_READ = "stock.read", "查看物资"
    STOCK_MANAGE = "stock.manage", "管理和下拨物资"
    STOCK_HAND_OUT = "stock.hand_out", "发放物资"
    NEED_RAISE = "need.raise", "登记群众需求"
    NEED_HANDLE = "need.handle", "办理群众需求"
    BRAND_READ = "brand.read", "查看服务品牌"
    BRAND_MANAGE = "brand.manage", "维护服务品牌"
    # forms of superiors
    BLANK_READ = "blank.read", "查看上级表格"
    BLANK_MANAGE = "blank.manage", "维护上级表格的表样和对应"
    BLANK_FILL = "blank.fill", "填报上级表格"
    # channels
    CHANNEL_READ = "channel.read", "查看渠道和发送情况"
    CHANNEL_SEND = "channel.send", "发送和登记已转发"
    CHANNEL_MANAGE = "channel.manage", "维护渠道端点"
    # sessions and attendance
    SESSION_READ = "session.read", "查看场次和签到"
    SESSION_MARK = "session.mark", "点名签到"
    SESSION_MANAGE = "session.manage", "安排场次"
    # the parents' micro-class
    LESSON_EDIT = "lesson.edit", "编写父母微课堂"
    LESSON_PUBLISH = "lesson.publish", "审核和发布父母微课堂"
    LESSON_ANSWER = "lesson.answer", "解答家长提问"
    # study campaigns
    STUDY_READ = "study.read", "查看专题学习"
    STUDY_DECLARE = "study.declare", "登记本人收看、写心得"
    STUDY_REPORT = "study.report", "登记集中收看和上报"
    STUDY_MANAGE = "study.manage", "组织专题学习"
    STUDY_SELECT = "study.select", "选用和发布心得"
    # public votes
    VOTE_MANAGE = "vote.manage", "组织投票"
    VOTE_OPEN = "vote.open", "开启投票和公布结果"
    VOTE_QUARANTINE = "vote.quarantine", "隔离和复核选票"
    # plans and targets
    PLAN_READ = "plan.read", "查看计划"
    PLAN_EDIT = "plan.edit", "录入和修改计划"
    PLAN_PUBLISH = "plan.publish", "发布计划版本"
    TARGET_SPLIT = "target.split", "分解目标"
    TARGET_REPORT = "target.report", "填报进度"
    TARGET_LOCK = "target.lock", "锁定月份"
    BOARD_READ = "board.read", "查看进度看板"
    # 母亲健康快车
    EXPRESS_READ = "express.read", "查看母亲健康快车"
    EXPRESS_RECORD = "express.record", "登记出车"
    EXPRESS_MANAGE = "express.manage", "管理快车车辆"
    # family education
    FAMILY_READ = "family.read", "查看家庭教育"
    FAMILY_RECORD = "family.record", "登记家庭教育活动"
    FAMILY_ORDER = "family.order", "点单和评价讲座"
    FAMILY_MANAGE = "family.manage", "管理家庭教育工作"
    # 微心愿
    WISH_READ = "wish.read", "查看微心愿"
    WISH_HANDLE = "wish.handle", "登记、核实和转交微心愿"
    WISH_PUBLISH = "wish.publish", "公开微心愿"
    # skills training
    TRAINING_READ = "training.read", "查看技能培训"
    TRAINING_ENROL = "training.enrol", "代妇女报名培训"
    TRAINING_MANAGE = "training.manage", "管理培训项目和班次"
    TRAINING_APPROVE = "training.approve", "批准开班和审定补贴"
    TRAINING_TEACH = "training.teach", "登记本机构授课的班"
    TRAINING_FOLLOW_UP = "training.follow_up", "培训回访"
    # the line women speak on (12338, letters, visits, the portal)
    HELPLINE_RECEIVE = "helpline.receive", "登记来件"
    HELPLINE_HANDLE = "helpline.handle", "办理来件"
    HELPLINE_SUPERVISE = "helpline.supervise", "督办来件和排值班"
    REFERRAL_ANSWER = "helpline.referral.answer", "答复转办的来件"
    # outlines and their indicators
    OUTLINE_READ = "outline.read", "查看妇儿规划"
    OUTLINE_MANAGE = "outline.manage", "管理妇儿规划和年度监测"
    INDICATOR_CONFIRM = "indicator.confirm", "确认和发布指标值"
    INDICATOR_FILL = "indicator.fill", "填报本部门指标"
    INDICATOR_CHECK = "indicator.check", "统计审核指标"
    # the house itself
    TRAIL_READ = "trail.read", "查看操作留痕"
    ACCOUNT_MANAGE = "account.manage", "管理账号"
    CALENDAR_EDIT = "calendar.edit", "维护工作日历"
    # residents
    APPLY = "resident.apply", "提交和补正本人申请"
    OWN_READ = "resident.own.read", "查看本人事项"
    OBJECT = "resident.object", "提出异议"
    SPEAK = "resident.speak", "咨询、反映和查询答复"
    STUDY_OWN = "resident.study", "登记收看、写心得"
    LESSON_ASK = "resident.lesson.ask", "向专家提问"
    WISH_OWN = "resident.wish", "许下和认领微心愿"
