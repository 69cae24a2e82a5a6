"""Epidemics through the whole house: what a leader can ask of them gives no small number away."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.epidemics import epidemic_letters
from ingest.exchange.take import Incoming, take_message
from layers.access.roles import Role
from layers.disclosure.protect import protect
from layers.disclosure.publish import Node, lay_out
from layers.indicators.spans import Span
from layers.units.load import DATA
from web.demo import DESK

NOW = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)
MONDAY = date(2026, 11, 16)
WEEK = Span(MONDAY, MONDAY + timedelta(days=7))
BASE = {"headers": {"Origin": "http://testserver"}}


def take(connection, rows, number="1"):
    data = orjson.dumps({"contract": "opsmap/epidemic-day/1", "nonce": "f2a4c81b9d3e70655ab1", "rows": rows})
    taken = take_message(
        connection, Incoming(data, f"dich-{number}.json", number), replace(DESK, may=None), lambda: NOW
    )
    assert taken.state == "done", taken.detail
    return taken


def communes(connection):
    return [c for (c,) in connection.execute("SELECT DISTINCT commune_code FROM cell ORDER BY 1")]


def rows_of(connection, cases, disease="sxh", deaths=0):
    """A whole week of every commune; `cases`: by commune, on Monday."""
    return [
        {
            "disease": disease,
            "day": (MONDAY + timedelta(days=n)).isoformat(),
            "unit": unit,
            "cases": cases.get(unit, 6) if n == 0 else 0,
            "deaths": deaths,
        }
        for unit in communes(connection)
        for n in range(7)
    ]


@pytest.fixture
def told(connection):
    """Every letter of the demonstration but the last."""
    for letter in epidemic_letters(DATA / "unit-outlines.geojson", NOW, 7):
        taken = take_message(
            connection, Incoming(letter.data, letter.name, letter.id, letter.sent_at), DESK, lambda: NOW
        )
        assert (taken.state, taken.summary.unaccounted, taken.summary.rejected.total()) == ("done", 0, 0), taken.detail


def asked(client, code, **params):
    answer = client.get(f"/api/indicators/{code}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def shown_to(client, code):
    """Every number a leader is shown of a week, as (ground as sorted units, value); partial sums say of what."""
    found = []
    for level, structure in (("commune", "2025"), ("former_district", "2025"), ("group", "2025"), ("province", "2025"),
                             ("district", "2021")):  # fmt: skip
        told = asked(client, code, level=level, structure=structure, period=MONDAY.isoformat())
        found += [(level, v["code"], v) for v in told["map"]["values"]]
    return found


def test_the_maps_of_every_structure_do_not_add_up_to_a_small_number(told, connection, client, sign_in):
    """No hidden commune is a combination of the numbers that all maps show, and of the days of the province."""
    sign_in(Role.LEADER)
    ground = dict(connection.execute("SELECT commune_code, array_agg(district_code) FROM cell GROUP BY 1").fetchall())
    truth = dict(
        connection.execute(
            "SELECT unit, sum(value) FROM epidemic_count WHERE disease = 'sxh' AND measure = 'cases' AND day >= %s"
            " AND day < %s AND superseded_at IS NULL GROUP BY unit", WEEK
        ).fetchall()
    )  # fmt: skip
    shown = shown_to(client, "ca_mac_sxh")
    names = sorted(ground)
    equations, hidden = [], []
    for level, code, value in shown:
        if level == "commune":
            if value["withheld"]:
                hidden.append(code)
                assert value["value"] is None
                assert (value["withheld"]["vi"] == "<5") == (0 < truth[code] < 5)
            else:
                assert value["value"] == truth[code]
                equations.append([Fraction(n == code) for n in names])
        elif value["value"] is not None and value["how"] == "reported" and level != "group":  # those are sums of these
            inside = [n for n in names if level == "province" or code in ground[n]]
            assert value["value"] == sum(truth[n] for n in inside)
            equations.append([Fraction(n in inside) for n in names])
    assert hidden
    assert any(0 < truth[c] < 5 for c in hidden)
    rank = rank_of(equations)
    for code in hidden:
        assert rank_of([*equations, [Fraction(n == code) for n in names]]) == rank + 1, code
    asks_why(client, set(hidden))


def asks_why(client, hidden):
    """Parts of an explanation, the series and the past tell of no hidden commune either."""
    for by in ("commune", "former_district"):
        told = client.get("/api/indicators/ca_mac_sxh/why", params={"period": MONDAY.isoformat(), "by": by}).json()
        rows = {r["place"]["code"]: r for r in told["rows"] if r["place"]}
        assert all(rows[c]["value"] is None and rows[c]["effect"] == 0 for c in hidden & set(rows))
    for code in sorted(hidden)[:5]:
        series = asked(client, "ca_mac_sxh", unit=code)
        week = next(p for p in series["points"] if p["period"]["since"] == MONDAY.isoformat())
        assert week["value"] is None
        assert all(r["value"] is None for r in week["revisions"])
        past = asked(client, "ca_mac_sxh", unit=code, known_at=datetime(2027, 1, 1, tzinfo=UTC).isoformat())
        assert next(p for p in past["points"] if p["period"]["since"] == MONDAY.isoformat())["value"] is None
        assert client.get("/api/indicators/ca_mac_sxh_ngay", params={"unit": code}).json()["latest"] is None


def rank_of(rows):
    """The rank of a matrix of fractions."""
    rows, rank = [list(row) for row in rows], 0
    for column in range(len(rows[0])):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for r in range(rank + 1, len(rows)):
            if rows[r][column]:
                factor = rows[r][column] / rows[rank][column]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank


def test_a_leader_is_told_less_than_five_and_never_nought(connection, client, sign_in):
    assert take(connection, rows_of(connection, {"21025": 3, "21028": 0})).state == "done"
    sign_in(Role.LEADER)
    small = asked(client, "ca_mac_sxh", unit="21025")
    assert (small["latest"]["value"], small["latest"]["withheld"]["vi"], small["latest"]["how"]) == (
        None,
        "<5",
        "withheld",
    )
    assert "không phải 0" in small["latest"]["how_words"]["vi"]
    assert asked(client, "ca_mac_sxh", unit="21028")["latest"]["value"] == 0
    assert client.get("/api/indicators/ca_mac_sxh/why", params={"unit": "21025"}).status_code == 404
    card = client.get("/api/units/21025").json()
    point = next(i["point"] for i in card["indicators"] if i["indicator"]["code"] == "ca_mac_sxh")
    assert (point["value"], point["withheld"]["vi"]) == (None, "<5")
    assert point["stale"] is not None
    observation = small["latest"]["observations"][0]
    lineage = client.get(f"/api/lineage/observation/{observation}").text
    assert "withheld" in lineage


def test_only_few_read_the_counts_as_they_came(connection, client, sign_in):
    take(connection, rows_of(connection, {"21025": 3}))
    for role in Role:
        sign_in(role)
        answer = client.get("/api/epidemics/sxh/counts", params={"from": "2026-11-16", "to": "2026-11-23"})
        may = role in (Role.OPERATOR, Role.ADMIN)
        assert answer.status_code == (200 if may else 401 if role is Role.GUEST else 403), role
        if may:
            assert any(c["unit"] == "21025" and c["value"] == 3 for c in answer.json())
    seen = connection.execute("SELECT role FROM audit WHERE action = 'epidemics.counts' ORDER BY id").fetchall()
    assert [r for (r,) in seen] == ["operator", "admin"]


def test_a_new_disease_is_a_row_and_needs_no_code(connection, client, sign_in):
    row = {"disease": "bachhau", "day": "2026-11-16", "unit": "21025", "cases": 1, "deaths": 0}
    assert take(connection, [row], "a").summary.rejected.total() == 1
    sign_in(Role.OPERATOR)
    change = {"name_vi": "bạch hầu", "name_en": "diphtheria", "source": "Sở Y tế", "valid_from": "2026-11-01",
              "reason": "có ca đầu tiên"}  # fmt: skip
    said = client.post("/api/epidemics/diseases/bachhau", json=change, **BASE)
    assert said.status_code == 200, said.text
    assert take(connection, rows_of(connection, {"21025": 8}, "bachhau"), "b").summary.rejected.total() == 0
    sign_in(Role.LEADER)
    assert asked(client, "ca_mac_bachhau", unit="21025")["latest"]["value"] == 8
    assert client.post("/api/epidemics/diseases/khac", json=change, **BASE).status_code == 403


def test_what_is_not_told_is_not_nought(connection, client, sign_in):
    """A commune that is missing on one day is not known that week, nor are its district and the province."""
    rows = [r for r in rows_of(connection, {}) if (r["unit"], r["day"]) != ("21025", "2026-11-18")]
    take(connection, rows)
    sign_in(Role.LEADER)
    assert asked(client, "ca_mac_sxh", unit="21025")["latest"] is None
    assert asked(client, "ca_mac_sxh", unit="21172")["latest"]["value"] == 6
    days = {p["period"]["since"]: p["value"] for p in asked(client, "ca_mac_sxh_ngay")["points"]}
    assert days["2026-11-16"] == 6 * 96
    assert days.get("2026-11-18") is None


def test_a_row_that_cannot_be_is_refused_with_its_reason_and_without_its_number(connection):
    good = {"disease": "sxh", "day": "2026-11-16", "unit": "21025", "cases": 2, "deaths": 0}
    bad = [
        good | {"unit": "522"},
        good | {"unit": "Huyện Bình Sơn", "cases": 4},
        good | {"day": "2026-12-16"},
        good | {"cases": -1},
        good | {"cases": "3"},
        good | {"disease": "khong"},
        good,
    ]
    taken = take(connection, [good, *bad])
    assert taken.summary.rejected.total() == 7
    rejects = connection.execute("SELECT detail, raw FROM reject ORDER BY id").fetchall()
    assert any("this form takes commune" in detail for detail, _ in rejects)
    assert all(bytes(raw).startswith(b"[withheld") for _, raw in rejects)


def test_a_correction_is_held_against_what_was_shown_before(connection):
    """What readers saw with its present value protects nobody when a neighbour's number changes."""
    whole = rows_of(connection, {})
    take(connection, whole, "a")
    take(connection, [r | {"cases": 2} for r in whole if r["unit"] == "21025" and r["day"] == "2026-11-16"], "b")
    shown = connection.execute(
        "SELECT subject FROM observation WHERE indicator = 'ca_mac_sxh' AND withheld = 0 AND superseded_at IS NULL"
    ).fetchall()
    assert {s for (s,) in shown}.isdisjoint(communes(connection))  # every other commune was shown as 6, and still is 6


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_weeks_days_and_districts_together_give_nothing_away(data):
    """The sums that are published, districts that share a commune and days included, on small provinces."""
    ground = {"c1": ["d1"], "c2": ["d1"], "c3": ["d2"], "c4": ["d2", "d3"], "c5": ["d3"], "c6": ["d4"]}
    days = [MONDAY + timedelta(days=n) for n in range(7)]
    counts = {(c, d): data.draw(st.sampled_from([0, 0, 1, 3, 7])) for c in ground for d in days[:2]}
    counts |= {(c, d): 0 for c in ground for d in days[2:]}
    values, sums = lay_out(counts, ground, WEEK)
    named = {node.name: value for node, value in values.items()}
    for one in sums:
        assert named[one.total] == sum(named[m] for m in one.members)
    kept = protect(named, sums, 5)
    assert {n for n, v in named.items() if 0 < v < 5} <= set(kept)
    communes_kept = [c for c in ground if Node("unit", c, WEEK).name in kept]
    equations = [[Fraction(c == other) for other in ground] for c in ground if c not in communes_kept]
    for node in values:
        if node.name not in kept and node.code.startswith("d"):
            equations.append([Fraction(node.code in ground[c]) for c in ground])
        if node.name not in kept and node.kind == "province" and node.span == WEEK:
            equations.append([Fraction(1) for _ in ground])
    week = Node("province", "51", WEEK).name
    if week in kept and not any(Node("province", "51", Span(d, d + timedelta(days=1))).name in kept for d in days):
        equations.append([Fraction(1) for _ in ground])
    rank = rank_of(equations) if equations else 0
    for c in communes_kept:
        assert rank_of([*equations, [Fraction(c == other) for other in ground]]) == rank + 1
