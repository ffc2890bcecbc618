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
    "people.reveal": "查看完整信息", "check.open": "部门查看核验信息", "check.answer": "部门答复", "file.open": "打开材料", "file.store": "存入文件",
    "case.read_aloud": "宣读并征得同意", "people.consent.withdraw": "撤回同意",
    "round.prepare": "新建批次", "round.change": "修改批次", "round.state": "批次启停", "round.report_up": "整批上报", "round.allocate": "分配名额",
    "notice.draft": "起草公示", "notice.change": "修改公示", "notice.blocked": "公示被拦截", "notice.override": "放行公示",
    "notice.publish": "发布公示", "notice.withdraw": "撤下公示", "notice.end": "公示结束", "notice.object": "提出异议", "objection.answer": "答复异议",
    "payment.list": "编制发放清单", "payment.results": "登记银行结果", "payment.export": "导出发放清单",
    "org.divisions": "导入区划", "org.found": "建立妇联组织", "org.unit": "新增单位", "org.unit.close": "撤并单位", "org.term": "新一届",
    "org.appoint": "任职", "org.leave": "离任", "org.calendar": "工作日历", "org.calendar.seed": "载入节假日", "org.roster.import": "导入名册",
    "org.roster.export": "导出名册", "org.unit.edit": "修改单位", "org.officer": "修改人员资料", "org.division.merge": "区划撤并",
}  # fmt: skip


def label_of(verb: str) -> str:
    return LABELS.get(verb, verb)
