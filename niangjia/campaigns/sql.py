"""Policies and public views of study campaigns, in the database's own words. Migrations install them."""

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, PUBLIC, RESIDENT, Rule

HERE = rowscope.in_range("place")
MINE = rowscope.is_mine("account", "account") + " AND account <> 0"
# What was issued is no secret within the district.
DISTRICT = "left(place, 6) = left(current_setting('app.lo', true), 6) AND state <> 'DRAFT'"
FOR_ALL = "state IN ('ISSUED', 'RUNNING', 'COLLECTING', 'CLOSED') AND 'PUBLIC' = ANY(audiences)"
OF_CAMPAIGN = "campaign_id IN (SELECT id FROM campaigns_campaign)"

PROTECT = (
    rowscope.protect(
        "campaigns_campaign",
        Rule(DESK, f"({HERE}) OR ({DISTRICT})"),
        Rule(DESK, HERE, "INSERT, UPDATE"),
        Rule(RESIDENT, FOR_ALL),
    )
    + rowscope.protect(
        "campaigns_episode",
        Rule(DESK, OF_CAMPAIGN),
        Rule(DESK, f"campaign_id IN (SELECT id FROM campaigns_campaign WHERE {HERE})", "INSERT, UPDATE, DELETE"),
        Rule(RESIDENT, OF_CAMPAIGN),
    )
    + rowscope.protect("campaigns_return", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"))
    + rowscope.protect("campaigns_showing", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"))
    + rowscope.protect("campaigns_photo", Rule(DESK, HERE, "SELECT, INSERT, UPDATE, DELETE"))
    + rowscope.protect("campaigns_cadre", Rule(DESK, HERE, "SELECT, INSERT"))
    # Each declares for herself and for nobody else.
    + rowscope.protect(
        "campaigns_viewing",
        Rule(DESK, HERE),
        Rule(DESK, MINE, "INSERT, DELETE"),
        Rule(RESIDENT, MINE, "SELECT, INSERT, DELETE"),
    )
    + rowscope.protect(
        "campaigns_reflection", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"), Rule(RESIDENT, MINE, "SELECT, INSERT")
    )
    # She may take back her word and her consent; not select or publish herself.
    + f"""
    GRANT UPDATE (state, may_publish, may_name, published_at, shown_text) ON campaigns_reflection TO {RESIDENT};
    CREATE POLICY resident_update ON campaigns_reflection FOR UPDATE TO {RESIDENT} USING ({MINE})
        WITH CHECK ({MINE} AND state IN ('SUBMITTED', 'KEPT', 'WITHDRAWN') AND shown_text = '');
    """
)

VIEWS = f"""
CREATE VIEW public_study WITH (security_barrier) AS
    SELECT campaign.id, campaign.title, campaign.intro, campaign.starts_on, campaign.deadline, campaign.state, campaign.alone,
           campaign.reflections, unit.name AS unit
    FROM campaigns_campaign campaign JOIN org_unit unit ON unit.id = campaign.unit_id
    WHERE campaign.{FOR_ALL.replace("ANY(audiences)", "ANY(campaign.audiences)")};

CREATE VIEW public_study_episode WITH (security_barrier) AS
    SELECT episode.id, episode.campaign_id, episode.number, episode.title, episode.channel, episode.airs, episode.minutes, episode.link
    FROM campaigns_episode episode JOIN public_study study ON study.id = episode.campaign_id;

CREATE VIEW public_study_voice WITH (security_barrier) AS
    SELECT reflection.id, reflection.campaign_id, reflection.shown_text AS text,
           CASE WHEN reflection.may_name THEN reflection.author ELSE '' END AS author, reflection.audience, reflection.published_at
    FROM campaigns_reflection reflection JOIN public_study study ON study.id = reflection.campaign_id
    WHERE reflection.state = 'PUBLISHED' AND reflection.may_publish;

GRANT SELECT ON public_study, public_study_episode, public_study_voice TO {PUBLIC};
"""
DROP = "DROP VIEW public_study_voice, public_study_episode, public_study;"
