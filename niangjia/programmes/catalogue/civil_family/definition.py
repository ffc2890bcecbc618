"""文明家庭: the spiritual civilisation committee's honour, on the same way with another host."""

from niangjia.programmes.definition import Subject
from niangjia.programmes.shapes import honours

PROGRAMME = honours.line(
    key="civil_family",
    name="文明家庭",
    summary="精神文明建设委员会评选的文明家庭。",
    prefix="WM",
    subject=Subject.FAMILY,
    basis="文明家庭评选办法；重庆市家庭教育促进条例第二十八条",
    host="涪陵区精神文明建设委员会",
    voted=False,
    criteria=(("爱国守法", 20), ("遵德守礼", 20), ("平等和谐", 20), ("敬业诚信", 20), ("家教良好", 20)),
)
