"""The database goes away in the middle of an act, as in a restart: nothing is half-written, and the next try works."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest
from django.db import OperationalError, connection

from config.environment import Server
from niangjia.access.acting import Acting, acting_as
from niangjia.ops import roles
from niangjia.programmes.actions import cases
from niangjia.programmes.models import Round
from tests import factories
from tests.personas import District


def cut_all_lines(server: Server) -> None:
    """End every connection of the application to this database, as a restart does; other processes have their own."""
    with closing(roles.administrator(server)) as administrator:
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'niangjia_app' AND datname = %s",
            [connection.settings_dict["NAME"]],
        )


def apply(round_: Round, by: Acting, server: Server | None = None) -> str:
    with acting_as(by):
        case = cases.start(round_=round_, place=by.place, by=by, helper="主席", answers=factories.answers(1))
        if server is not None:
            cut_all_lines(server)
        return cases.submit(case_id=case.pk, by=by).state


@pytest.mark.django_db(transaction=True)
def test_an_act_cut_in_the_middle_leaves_nothing_and_can_be_done_again(
    owner: psycopg.Connection, template: Server
) -> None:
    district = District()
    round_, by = factories.open_round(district), district.acting("dadongmen")
    with pytest.raises(OperationalError):
        apply(round_, by, template)
    connection.close()
    rows = owner.execute("SELECT (SELECT count(*) FROM programmes_case), (SELECT count(*) FROM programmes_step)")
    assert rows.fetchone() == (0, 0)
    assert apply(round_, by) == "SUBMITTED"
