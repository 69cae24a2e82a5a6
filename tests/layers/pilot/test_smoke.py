from datetime import date
from layers.bulletins.make import make
from layers.bulletins.period import period_of
from layers.bulletins.pilot import PILOT
from layers.bulletins.spec import Asked
from layers.database import make_engine
from tests.conftest import NOW
import json

def test_empty(database_url):
    engine = make_engine(database_url)
    period = period_of("twelve", date(2025, 12, 1), NOW)
    with engine.connect() as c:
        told = make(c, PILOT, Asked(period, None, NOW), boats=True)
    for s in told["sections"]:
        print(s["name"], s["count"], json.dumps([r["values"] for r in s["rows"][:1]], ensure_ascii=False)[:600])
