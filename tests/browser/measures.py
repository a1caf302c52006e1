"""What WCAG 2.2 asks of a page that can be measured: by axe, by size and with the keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from infra.tools import ROOT
from tests.browser.screens import SLOW

REFLOW = (320, 640)
"""CSS pixels: WCAG 1.4.10's narrow column, and 1,280 px at 200 % (1.4.4)."""

# WCAG 2.5.8: at least 24 by 24 px, or so much room that a circle of 24 px around its middle touches
# no other target and no such circle of another small one. Links within a sentence are excepted.
_SMALL = """() => {
  const least = 24;
  const targets = 'a[href], button, input, select, textarea, summary, [role=button], ' +
    '[role=checkbox], [role=radio], [role=switch], [role=tab], [role=option], [role=menuitem]';
  const shown = [...document.querySelectorAll(targets)].filter((each) => {
      const at = each.getBoundingClientRect();
      const { visibility, clipPath, opacity } = getComputedStyle(each);
      // What is hidden for the eye is pressed through its label, which is measured instead.
      return at.width > 1 && at.height > 1 && visibility === 'visible' && clipPath === 'none'
        && opacity !== '0' && !each.disabled && !each.closest('[inert], [aria-hidden=true]');
    });
  const boxes = shown.map((each) => (each.closest('label') ?? each).getBoundingClientRect());
  const small = boxes.map(({ width, height }) => width < least - 0.5 || height < least - 0.5);
  const middle = ({ x, y, width, height }) => [x + width / 2, y + height / 2];
  const near = (circle, box) => {
    const [x, y] = middle(circle);
    const dx = Math.max(box.left - x, 0, x - box.right);
    const dy = Math.max(box.top - y, 0, y - box.bottom);
    return Math.hypot(dx, dy) < least / 2;
  };
  const inSentence = (each) => each.tagName === 'A' && getComputedStyle(each).display === 'inline'
    && [...each.parentElement.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  return shown.filter((each, at) => small[at] && !inSentence(each) && boxes.some((other, place) => {
    if (place === at || shown[place].contains(each) || each.contains(shown[place])) return false;
    if (near(boxes[at], other)) return true;
    const [x, y] = middle(boxes[at]), [u, v] = middle(other);
    return small[place] && Math.hypot(x - u, y - v) < least;
  })).map((each) => `small: ${each.tagName} ${(each.ariaLabel ?? each.textContent).slice(0, 40)}`);
}"""


def too_wide(page: Page) -> list[str]:
    """WCAG 1.4.10: nothing but what must be wide scrolls sideways, and only within itself."""
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"{over} px too wide at {page.evaluate('window.innerWidth')}"] if over > 0 else []


def reflowed(page: Page) -> list[str]:
    """`too_wide` in each of REFLOW's widths; the page gets its own size back."""
    before = page.viewport_size
    found: list[str] = []
    for width in REFLOW:
        page.set_viewport_size({"width": width, "height": 640})
        page.wait_for_timeout(100)
        found += too_wide(page)
    if before is not None:
        page.set_viewport_size(before)
    return found


def small_targets(page: Page) -> list[str]:
    """Targets that are too small and too near to another (WCAG 2.5.8)."""
    found: list[str] = page.evaluate(_SMALL)
    return found


AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
  const { violations } = await axe.run(document, {
    runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'],
    // A header whose aria-label names it is named, though axe wants to see it.
    rules: { 'empty-table-header': { enabled: false } },
  });
  return violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target.join(' '))]);
}"""


def faults_of(page: Page) -> list[Any]:
    """axe's violations on the page as it is now."""
    # Through the debugger, which the page's content security policy does not concern.
    page.evaluate(Path(AXE).read_text("utf-8"))
    found: list[Any] = page.evaluate(RUN, RULES)
    return found


def reach(page: Page, target: Any) -> None:
    """Tab until the target has the focus, which is never out of sight on the way (WCAG 2.4.11)."""
    target.wait_for()
    expect(target).to_be_enabled(timeout=SLOW)
    for _ in range(80):
        if target.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
        hidden = page.evaluate("""() => {
          const at = document.activeElement.getBoundingClientRect();
          return at.width > 0 && (at.bottom < 0 || at.top > window.innerHeight);
        }""")
        assert not hidden, "the focus is out of sight"
    pytest.fail("the keyboard does not reach it")
