"""What axe-core says of a page, and how a page is found ready."""

from typing import Any

from tests.browser.waiting import until


def by(name: str) -> str:
    return f'[data-testid="{name}"]'


def wait_ready(page: Any) -> None:
    """Until the page says its map is drawn (a strict CSP forbids wait_for_function)."""
    until(page, "window.opsmap && window.opsmap.ready")


def find_violations(page: Any, axe: str) -> list[str]:
    """What axe finds on the page as it is now: one line a rule, with where and why."""
    page.evaluate(axe)  # by the debugger, so that the page's policy against inline scripts stays as it is
    result = page.evaluate("axe.run(document).then(({passes, violations}) => ({passes: passes.length, violations}))")
    assert result["passes"] > 10, "axe looked at nothing"
    return [
        f"{each['id']} ({each['impact']}): {each['help']}: "
        + "; ".join(f"{node['target']} {node['failureSummary']}" for node in each["nodes"][:4])
        for each in result["violations"]
    ]
