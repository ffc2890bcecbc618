"""The trail is read by those who may, in their range."""

import pytest

from tests import factories
from tests.personas import District
from tests.web.conftest import Browse


@pytest.mark.parametrize(
    "query", ["", "?verb=case.submit_for", "?actor=大东门", "?day=2026-01-01", "?day=x", "?before=x"]
)
def test_the_page_opens(as_persona: Browse, district: District, query: str) -> None:
    factories.submitted(district, factories.open_round(district))
    assert as_persona("auditor").get(f"/desk/trail/{query}").status_code == 200


def test_a_filter_by_matter_shows_its_steps_newest_first(as_persona: Browse, district: District) -> None:
    case = factories.submitted(district, factories.open_round(district))
    page = as_persona("auditor").get(f"/desk/trail/?subject=case:{case.pk}").content.decode()
    assert [label in page for label in ("代填提交", "开始填写", "新建批次</td>")] == [True, True, False]
    assert page.index(">代填提交</td>") < page.index(">开始填写</td>")


@pytest.mark.parametrize("who", ["officer", "dunren", "dadongmen"])
def test_who_may_not_read_it_is_refused(as_persona: Browse, who: str) -> None:
    assert as_persona(who).get("/desk/trail/").status_code == 403
