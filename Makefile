# The developers' door over ./run. `make help` lists what there is.
.PHONY: help run test check format bare bench chaos docs

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 10

run: ## install what is missing and start the map (Ctrl-C stops it)
	@./run

test: ## every check and every test, on real PostGIS and in a real browser
	@./run test

check: ## the checks without the tests (needs one ./run test before)
	@.venv/bin/python deploy/check.py

format: ## put every Python file in the form that check asks for
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

bare: ## prove ./run on a Debian 12 made anew in a folder (root, debootstrap)
	@deploy/bare-debian.sh

bench: ## the performance goals as JSON lines, as ratios measured here (needs one ./run test before)
	@PYTHONPATH=. .venv/bin/python tests/bench/run.py $(BENCH)

chaos: ## kill receiver, loader, web, postgres by a seeded schedule (SEED=7 KILLS=200 OUTAGE=120 FULL=1): nothing is lost
	@PYTHONPATH=. .venv/bin/python tests/chaos/run.py --seed $(or $(SEED),7) --kills $(or $(KILLS),200) \
		$(if $(OUTAGE),--outage $(OUTAGE)) $(if $(FULL),--full)

docs: ## write the pages that come from the code (docs/layers, docs/openapi.json)
	@.venv/bin/opsmap docs
