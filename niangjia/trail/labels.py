"""What a verb of the trail is called on screen. A verb without a name is shown as it is written."""

LABELS = {
    "account.sign_in": "登录", "account.sign_in_failed": "登录失败", "account.sign_out": "退出登录", "account.open": "开设账号", "account.close": "停用账号",
    "account.open_again": "恢复账号", "account.reset_password": "发临时密码", "account.change_password": "修改密码",
    "account.reset_second_factor": "清除动态口令", "account.add_second_factor": "设置第二道验证", "account.remove_second_factor": "去掉第二道验证",
    "case.start": "开始填写", "case.save": "保存填写", "case.attach": "上传材料", "case.detach": "删去材料", "case.share": "向部门提供信息",
    "case.decision": "审定并冻结事实", "case.submit": "提交", "case.submit_for": "代填提交", "case.verify": "核实原件", "case.review": "镇街审核",
    "case.ask": "发起核验", "case.answered": "核验完毕", "case.approve": "审定通过", "case.refuse": "不予通过", "case.export": "导出清单",
    "case.grant": "公示无异议", "case.paid": "到账", "case.pay_failed": "银行退回", "case.follow_up": "回访", "case.withdraw": "撤回",
    "case.record_death": "登记去世", "case.revoke": "撤销救助", "case.allocate": "分配名额", "case.wait": "列入候补", "case.report_up": "上报市级",
    "case.return_to_applicant": "退回补正", "case.return_to_village": "退回村社区", "case.return_to_town": "退回镇街",
    "case.resubmit": "补正提交", "case.resubmit_for": "代为补正", "case.give_notice": "开始公示", "case.take_down": "撤下公示",
    "case.object": "收到异议", "case.list_payment": "列入清单", "case.correct_account": "更正账户", "case.correct_own_account": "更正账户",
    "people.reveal": "查看完整信息", "people.open": "打开人员页", "people.household": "打开家庭页", "people.merge": "合并重复人员",
    "people.merge.undo": "撤回判定", "people.differ": "确认不是同一人", "people.put_off": "重复人员以后再看", "people.duplicates": "登记疑似重复",
    "people.duplicates.ask": "要求全部查重", "check.open": "部门查看核验信息", "check.answer": "部门答复", "file.open": "打开材料", "file.store": "存入文件", "file.discard": "删去文件",
    "case.read_aloud": "宣读并征得同意", "case.moved": "区划撤并移交", "people.consent.withdraw": "撤回同意",
    "round.prepare": "新建批次", "round.change": "修改批次", "round.state": "批次启停", "round.report_up": "整批上报", "round.allocate": "分配名额",
    "notice.draft": "起草公示", "notice.change": "修改公示", "notice.blocked": "公示被拦截", "notice.override": "放行公示",
    "notice.publish": "发布公示", "notice.withdraw": "撤下公示", "notice.end": "公示结束", "notice.object": "提出异议", "objection.answer": "答复异议",
    "vote.make": "建立投票", "vote.change": "修改投票", "vote.choice": "增加参选对象", "vote.withdraw": "参选对象退出", "vote.open": "开启投票",
    "vote.tokens": "印发投票码", "vote.seal": "封存选票", "vote.close": "截止投票", "vote.count": "计票", "vote.publish": "公布投票结果",
    "vote.propose": "提议隔离、解除或作废", "vote.confirm": "确认提议", "vote.decline": "否决提议", "vote.threshold": "修改异常门槛",
    "vote.segments": "载入号段表", "vote.export": "导出票数",
    "payment.list": "编制发放清单", "payment.results": "登记银行结果", "payment.export": "导出发放清单",
    "stock.kind": "物资种类", "stock.gift": "登记捐赠", "stock.open": "新建物资批次", "stock.receive": "到货", "stock.allocate": "下拨物资",
    "stock.return": "物资退回", "stock.hand_out": "发放物资", "stock.take_back": "收回物资", "stock.replace": "调换物资", "stock.lose": "登记损耗",
    "stock.correct": "冲正", "stock.count": "盘点", "stock.close": "结清批次", "stock.reopen": "恢复批次", "stock.export": "导出物资台账",
    "need.raise": "登记需求", "need.alarm": "提示报警", "need.assign": "分派需求", "need.hand_over": "转部门", "need.finish": "办结需求",
    "need.open": "查看需求", "need.deadline": "修改需求期限", "brand.save": "修改品牌", "brand.default": "设默认品牌", "brand.tag": "标品牌",
    "helpline.receive": "收到来件", "helpline.add": "来件人补充", "helpline.rate": "来件人评价", "helpline.take_back": "来件人撤回", "helpline.open": "打开来件",
    "helpline.unseal": "取出封存的来件", "helpline.reseal": "重新封存来件", "helpline.release": "放行来件", "helpline.set_aside": "认定为骚扰或广告",
    "helpline.triage": "研判来件", "helpline.accept": "受理来件", "helpline.begin": "办理来件", "helpline.note": "记录办理", "helpline.advise": "当场解答",
    "helpline.reply": "答复来件", "helpline.extend": "延长来件期限", "helpline.assign": "交办来件", "helpline.refer": "来件发函",
    "helpline.referral.open": "部门打开来函", "helpline.referral.answer": "部门答复来函", "helpline.mediate": "开始调解", "helpline.mediation.end": "调解结束",
    "helpline.mediation.complete": "登记调解履行", "helpline.follow_up": "回访来件人", "helpline.close": "办结来件", "helpline.reopen": "重新办理来件",
    "helpline.duty": "排来件值班", "helpline.pass_on": "移交离任人的来件", "helpline.terms": "修改来件期限", "helpline.key": "启用来件密钥",
    "helpline.answer.write": "编写常见问答", "helpline.answer.publish": "公开常见问答", "helpline.answer.withdraw": "撤下常见问答",
    "brand.untag": "去掉品牌", "brand.export": "导出品牌统计",
    "session.plan": "安排场次", "session.move": "改场次", "session.cancel": "取消场次", "session.hold": "登记已举办", "session.merge": "并入另一场",
    "session.part": "撤回并场", "session.code": "更换签到码", "session.rule": "修改签到时间", "session.mark": "签到", "session.unmark": "撤销签到",
    "session.tell": "通知取消", "session.sign_in": "扫码签到", "session.print": "打印签到表", "roster.join": "加入名册", "roster.leave": "退出名册",
    "roster.identify": "对应到人员", "roster.walk_in": "现场加入", "feed.open": "开设日历订阅", "feed.revoke": "停用日历订阅",
    "study.save": "编写学习活动", "study.issue": "下发学习活动", "study.turn": "按日期推进活动", "study.move": "活动启停", "study.showing": "登记集中收看",
    "study.photos": "上传收看照片", "study.photos.remove": "删去收看照片", "study.submit": "上报学习情况", "study.decide": "接收或退回上报",
    "study.view": "登记本人收看", "study.view.back": "撤回本人收看", "study.reflect": "提交心得", "study.reflect.back": "撤回心得或同意",
    "study.sort": "选用或留存心得", "study.publish": "发布心得", "study.unpublish": "撤下心得", "study.export": "导出学习情况",
    "lesson.series": "维护微课堂系列", "lesson.write": "编写课程", "lesson.captions": "保存字幕", "lesson.check": "审核课程", "lesson.publish": "发布课程",
    "lesson.withdraw": "撤下课程", "lesson.draft": "课程转回草稿", "lesson.media": "上传视频或录音", "lesson.media.remove": "删去视频或录音",
    "lesson.streams": "生成省流量视频", "lesson.live": "预告直播", "lesson.live.cancel": "取消直播", "lesson.live.recording": "挂上直播录像",
    "lesson.ask": "家长提问", "lesson.ask.take_back": "撤回提问或同意", "lesson.question.open": "查看提问", "lesson.answer": "解答提问",
    "lesson.question.publish": "公开问答", "lesson.question.unpublish": "撤下问答",
    "org.divisions": "导入区划", "org.found": "建立妇联组织", "org.unit": "新增单位", "org.unit.close": "撤并单位", "org.term": "新一届",
    "org.appoint": "任职", "org.leave": "离任", "org.calendar": "工作日历", "org.calendar.seed": "载入节假日", "org.roster.import": "导入名册",
    "org.roster.export": "导出名册", "org.unit.edit": "修改单位", "org.officer": "修改人员资料", "org.division.merge": "区划撤并",
    "jury.make": "新建评审", "jury.change": "修改评审", "jury.export": "导出评审记录", "jury.juror": "请评委", "jury.leave": "评委退出", "jury.entry": "调入评审", "jury.withdraw": "退出评审", "jury.open": "开始评分",
    "jury.score": "评分", "jury.recuse": "回避", "jury.close": "结束评分", "jury.decide": "评定",
    "certificate.issue": "颁发证书", "certificate.revoke": "撤销证书", "certificate.print": "打印证书",
    "grant.import": "导入历年救助", "transfer.ask": "提交后台任务", "case.ask_again": "重新核验", "case.recall": "收回核验", "case.withdraw_for": "代为撤回",
    "case.dismiss_objection": "异议不成立", "case.uphold_objection": "异议成立", "notice.remove_attachment": "去掉公示附件",
    "plan.revise": "起草新版本", "plan.discard": "放弃草稿", "plan.publish": "发布计划", "plan.item.edit": "修改条目", "plan.item.move": "移动条目",
    "plan.item.merge": "合并条目", "plan.item.drop": "删去条目", "plan.item.restore": "恢复条目", "plan.item.add": "新增条目",
    "plan.item.programme": "条目对应项目", "plan.mask": "补填年份", "plan.loose.place": "归入条目", "plan.loose.ignore": "不作条目",
    "plan.target.decide": "确认目标", "plan.target.accept_all": "确认全部目标", "plan.target.arrange": "安排目标",
    "express.vehicle.add": "登记快车", "express.vehicle.change": "修改快车资料", "express.cost": "登记车辆费用", "express.trip": "登记出车",
    "express.trip.change": "修改出车", "express.trip.strike": "作废出车", "express.import": "导入出车记录", "express.export": "导出出车记录",
    "family.semester": "设定学期", "family.day": "设定家庭教育日", "family.duty": "修改家教职责", "family.venue": "修改场所类别",
    "family.school": "登记家长学校", "family.schools.import": "导入家长学校", "family.plan": "登记学期计划", "family.paper": "登记履责材料",
    "family.paper.withdraw": "撤下履责材料", "family.exempt": "免除职责", "family.exempt.end": "取消免除", "family.remind": "提醒履责",
    "family.activity": "登记家教活动", "family.activity.change": "修改家教活动", "family.activity.strike": "作废家教活动",
    "family.same": "合并重复活动", "family.same.undo": "撤销合并", "family.apart": "确认不是同一场", "family.lecturer": "修改讲师资料",
    "family.lecturer.phone": "查看讲师电话", "family.code": "发讲师专用码", "family.code.end": "停用讲师专用码", "family.course": "修改课程",
    "family.order.requested": "点单", "family.order.matched": "安排讲师", "family.order.confirmed": "讲师确认",
    "family.order.declined": "讲师不能来", "family.order.held": "登记授课", "family.order.rated": "评价讲座",
    "family.order.cancelled": "取消点单", "family.meeting": "登记联席会议", "family.export": "导出家庭教育表",
    "wish.raise": "登记心愿", "wish.change": "修改心愿", "wish.verify": "核实心愿", "wish.publish": "公开心愿", "wish.take_down": "撤下心愿",
    "wish.claim": "认领心愿", "wish.give_back": "退回认领", "wish.release": "放回心愿", "wish.seen": "看到认领结束", "wish.hand_in": "收到认领物品",
    "wish.deliver": "送到心愿", "wish.receive": "本人确认收到", "wish.confirm": "确认心愿实现", "wish.withdraw": "撤回心愿", "wish.expire": "心愿期满",
    "wish.reveal": "查看心愿姓名", "wish.terms": "修改心愿参数", "wish.import": "导入心愿", "wish.export": "导出心愿", "wish.moved": "心愿随区划移交",
    "training.standard": "修改培训标准", "training.project": "登记培训项目", "training.plan": "登记班次", "training.change": "修改班次",
    "training.timetable": "排课", "training.approve": "批准开班", "training.open": "开始报名", "training.start": "开班",
    "training.exam": "进入考核", "training.close": "结业", "training.cancel": "取消班次", "training.paper": "存入培训材料",
    "training.paper.remove": "撤下培训材料", "training.enrol": "培训报名", "training.enrol.list": "导入报名表", "training.prove": "核实参训资格",
    "training.accept": "录取", "training.refused": "不予录取", "training.dropped": "退出培训", "training.withdraw": "取消报名",
    "training.hide_name": "撤回公开姓名", "training.told": "告知班次取消", "training.phone": "查看电话", "training.scores": "登记成绩", "training.certify": "发结业证书",
    "training.uncertify": "收回结业证书", "training.claim": "申领培训补贴", "training.claim.back": "撤回申领", "training.audit": "审定培训补贴",
    "training.rate": "填满意度表", "training.follow_up": "培训回访", "training.export": "导出培训资料",
    "target.split": "分解目标", "target.report": "填报进度", "target.lock": "锁定月份", "target.restate": "更正月份",
    "outline.load": "载入规划", "outline.indicator": "修改指标", "outline.target": "设定目标值", "outline.assign": "指定责任部门",
    "outline.unassign": "解除责任部门", "outline.hand_over": "移交指标", "outline.hard": "列入重难点", "outline.hard.end": "移出重难点",
    "outline.export": "导出指标", "outline.report": "生成报告", "outline.evidence": "下载证明材料",
    "outline.order.letter": "下载督办单",
    "indicator.year.open": "开启监测年度", "indicator.year.deadline": "调整填报期限", "indicator.save": "填写指标", "indicator.submit": "提交指标",
    "indicator.paper": "上传证明材料", "indicator.paper.withdraw": "撤下证明材料", "indicator.check": "统计审核", "indicator.return": "退回指标",
    "indicator.confirm": "确认指标值", "indicator.publish": "发布年度指标", "indicator.reopen": "更正指标值", "indicator.known": "登记历年值",
    "indicator.compute": "公式计算", "order.issue": "发督办单", "order.plan": "报整改计划", "order.progress": "报整改进展", "order.close": "督办单销号",
}  # fmt: skip

DETAILS = {
    "number": "编号", "name": "名称", "reason": "原因", "why": "理由", "kind": "种类", "file": "文件", "username": "登录名", "purpose": "用途",
    "on": "日期", "from": "原状态", "to": "新状态", "title": "标题", "lines": "行数", "field": "字段", "fields": "字段", "changed": "改动", "upheld": "异议成立",
    "unit": "单位", "units": "单位数", "target": "目标", "size": "大小", "short_name": "简称", "ruling": "结论", "rows": "行数", "role": "职务",
    "question": "事项", "plan": "计划", "phones": "电话数", "paid": "到账", "month": "月份", "value": "数值", "label": "名称", "into": "并入", "into_name": "并入",
    "helper": "代填人", "failed": "退回", "executives_expected": "应有执委", "ended": "终止", "decision": "决定", "days": "天数", "count": "数量",
    "clear": "清除", "answer": "答复", "amount": "金额", "added": "新增", "item": "条目", "before": "改前", "after": "改后", "type": "类型", "text": "文字",
    "hits": "命中", "words": "词", "waiting": "候补", "version": "版本", "targets": "目标数", "starts": "开始", "standing": "现状", "second": "第二人",
    "removed": "去掉", "quota": "名额", "programme": "项目", "parts": "份数", "officer": "人员", "objections": "异议", "methods": "方式", "cases": "件数",
    "plate": "车牌号", "updated": "更新", "same": "无变化", "refused": "错误", "year": "年度", "batch": "批次号", "based_on": "依据版本", "allotted": "已分配", "ends": "结束",
}  # fmt: skip


def detail_of(key: str, value: object) -> str:
    """One fact of an entry in words: ``原因：缺少材料``. Lists are joined, facts within facts stand in brackets."""
    return f"{DETAILS.get(key, key)}：{_words(value)}"


def _words(value: object) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case list() | tuple():
            return "、".join(_words(one) for one in value)
        case dict():
            return "（" + "，".join(detail_of(str(key), one) for key, one in value.items()) + "）"
        case _:
            return str(value)


def label_of(verb: str) -> str:
    return LABELS.get(verb, verb)
