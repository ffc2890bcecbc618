"""Policies and public views of brands, in the database's own words. Migrations install them."""

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, PUBLIC, RESIDENT, Rule

HERE = rowscope.in_range("place")
OF_THE_DISTRICT = "right(current_setting('app.lo', true), 6) = '000000'"

PROTECT = (
    rowscope.protect(
        "brands_brand",
        *(Rule(role, "true") for role in (DESK, RESIDENT)),
        Rule(DESK, OF_THE_DISTRICT, "INSERT, UPDATE"),
    )
    + rowscope.protect(
        "brands_programmebrand",
        *(Rule(role, "true") for role in (DESK, RESIDENT)),
        Rule(DESK, OF_THE_DISTRICT, "INSERT, UPDATE, DELETE"),
    )
    + rowscope.protect("brands_tag", Rule(DESK, HERE, "SELECT, INSERT, UPDATE, DELETE"))
)

VIEWS = f"""
CREATE VIEW public_brand WITH (security_barrier) AS
    SELECT brand.id, brand.key, brand.name, brand.slogan, brand.description, brand.icon, brand.since, brand."order",
           coalesce(unit.name, '') AS unit_name,
           ARRAY(SELECT own.programme FROM brands_programmebrand own WHERE own.brand_id = brand.id ORDER BY 1) AS programmes
    FROM brands_brand brand LEFT JOIN org_unit unit ON unit.id = brand.unit_id
    WHERE brand.active;

CREATE VIEW public_brand_tag WITH (security_barrier) AS
    SELECT tag.id, tag.brand_id, tag.subject, tag.title, tag."on", tag.place, tag.programme
    FROM brands_tag tag JOIN brands_brand brand ON brand.id = tag.brand_id
    WHERE tag.public AND brand.active;

GRANT SELECT ON public_brand, public_brand_tag TO {PUBLIC};
"""
DROP = "DROP VIEW public_brand_tag, public_brand;"
