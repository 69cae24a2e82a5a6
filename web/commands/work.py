"""opsmap work: the background worker."""

import asyncio
import logging
from typing import Any

import psycopg
import typer
from procrastinate.exceptions import ConnectorException

from ingest.bus.settings import SpoolSettings
from ingest.exchange.settings import ExchangeSettings
from ingest.work.bench import Bench
from ingest.work.duties import all_duties, all_errands
from ingest.work.settings import WorkSettings
from ingest.work.watching import Watching
from ingest.work.worker import Worker
from web.database import database
from web.logs import configure
from web.settings import WebSettings
from web.stopping import tell


class _OneLine(logging.Formatter):
    """A library's words in a line; a traceback only where it says more than that the database has gone."""

    def formatException(self, ei: Any) -> str:
        """One line for a lost database."""
        lost = isinstance(ei[1], (ConnectorException, psycopg.OperationalError))
        return repr(ei[1].__cause__ or ei[1])[:200] if lost else super().formatException(ei)


def log_in_lines() -> None:
    """The queue's warnings on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


def work() -> None:
    """Ask the axis and the feeds, look into the drop folder, watch the sea and the machinery; until Ctrl-C."""
    configure()
    log_in_lines()
    settings, exchange = WorkSettings(), ExchangeSettings()
    with database(WebSettings()) as url:
        spool = SpoolSettings()
        bench = Bench(url, spool, say=tell)
        worker = Worker(bench, all_duties(settings, exchange, spool.spool_root), all_errands(settings))
        watching = Watching(bench)
        watching.start()
        tell("working; Ctrl-C ends")
        try:
            asyncio.run(worker.run())
        except* (psycopg.OperationalError, ConnectorException) as gone:
            tell(f"database away ({type(gone.exceptions[0]).__name__}); jobs go on with the next start")
            raise typer.Exit(1) from None
        finally:
            watching.stop()
            bench.close()
