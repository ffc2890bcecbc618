"""The front door."""

import pytest
from django.test import Client

from tests import factories
from tests.personas import District
from tests.web.conftest import Browse

pytestmark = pytest.mark.django_db(databases=["default", "public"])


@pytest.mark.parametrize(
    "path", ["/", "/guide/", "/privacy/", "/apply/", "/notices/", "/notices/answer/", "/my/sign-in/"]
)
def test_anybody_may_read_it(path: str, client: Client, district: District) -> None:
    assert client.get(path).status_code == 200


def test_flow(district: District, as_persona: Browse) -> None:
    round_ = factories.open_round(district)
    c = as_persona("resident")
    for path in ["/", "/my/", "/apply/", f"/apply/round/{round_.pk}/"]:
        r = c.get(path)
        assert r.status_code == 200, path
    r = c.post(f"/apply/round/{round_.pk}/", {"who": "self", "place": "500102006001"})
    assert r.status_code == 302, r.content.decode()
    base = r["Location"]
    for n in range(1, 8):
        r = c.get(base.replace("/1/", f"/{n}/"))
        assert r.status_code == 200, n
