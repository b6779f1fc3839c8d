// What a ruler finds on a page as it stands: whether it runs over the side (WCAG 1.4.10), and targets
// below 24 pixels that stand too close to others (WCAG 2.5.8). axe asks the latter ten times slower.
() => {
  const LEAST = 24;
  const found = [];
  if (document.documentElement.scrollWidth > window.innerWidth) found.push("runs over the side");

  const boxOf = (element) => {
    const box = element.getBoundingClientRect();
    const label = element.matches("[type=checkbox], [type=radio]") && element.labels?.[0];
    if (!label) return box;
    const other = label.getBoundingClientRect(); // pressing it is pressing the field
    const [left, top] = [Math.min(box.left, other.left), Math.min(box.top, other.top)];
    const [right, bottom] = [Math.max(box.right, other.right), Math.max(box.bottom, other.bottom)];
    return new DOMRect(left, top, right - left, bottom - top);
  };
  const inText = (element) =>
    getComputedStyle(element).display === "inline" &&
    element.parentElement.textContent.trim().length > element.textContent.trim().length;
  const selector = "a[href], button, summary, select, textarea, input:not([type=hidden]), [role=button]";
  const targets = [...document.querySelectorAll(selector)]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest("[inert]"))
    .map((element) => ({ element, box: boxOf(element) }))
    .filter(({ box }) => box.width > 1 && box.height > 1);
  const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];
  const small = targets.filter(
    ({ element, box }) => Math.min(box.width, box.height) < LEAST - 0.5 && !inText(element),
  );
  for (const one of small) {
    const [x, y] = middle(one.box);
    const close = targets.find((other) => {
      if (other === one || other.element.contains(one.element) || one.element.contains(other.element))
        return false;
      if (small.includes(other)) {
        const [ox, oy] = middle(other.box);
        return Math.hypot(x - ox, y - oy) < LEAST - 0.5;
      }
      const dx = Math.max(other.box.left - x, 0, x - other.box.right);
      const dy = Math.max(other.box.top - y, 0, y - other.box.bottom);
      return Math.hypot(dx, dy) < LEAST / 2 - 0.5;
    });
    if (close) {
      const size = `${Math.round(one.box.width)} × ${Math.round(one.box.height)}`;
      found.push(`target of ${size} too close to another: ${one.element.outerHTML.slice(0, 120)}`);
    }
  }
  return found;
}
