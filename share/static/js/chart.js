// Charts: the value beside the pointer and at the focus; arrow keys go from mark to mark. The table below says the same.

const MARKS = ".chart a, .chart g[role=img]";
let tip;

function bubble() {
  if (tip) return tip;
  tip = document.createElement("div");
  tip.className = "chart-tip";
  tip.setAttribute("aria-hidden", "true"); // the mark's own name is what is read
  tip.hidden = true;
  document.body.append(tip);
  return tip;
}

function show(mark) {
  const title = mark.querySelector("title");
  title?.remove(); // else the browser shows the same words a second time
  const shown = bubble();
  shown.textContent = mark.getAttribute("aria-label");
  shown.hidden = false;
  const box = mark.getBoundingClientRect();
  const wide = shown.offsetWidth;
  const left = Math.min(Math.max(box.left + box.width / 2 - wide / 2, 8), document.documentElement.clientWidth - wide - 8);
  const above = box.top - shown.offsetHeight - 8;
  shown.style.left = `${left + window.scrollX}px`;
  shown.style.top = `${(above < 8 ? box.bottom + 8 : above) + window.scrollY}px`;
}

function hide() {
  if (tip) tip.hidden = true;
}

// One stop for the Tab key in each drawing; within it the arrows move.
for (const chart of document.querySelectorAll("svg.chart")) {
  chart.querySelectorAll("a, g[role=img]").forEach((mark, place) => mark.setAttribute("tabindex", place ? "-1" : "0"));
}

document.addEventListener("pointerover", (event) => {
  const mark = event.target.closest?.(MARKS);
  if (mark) show(mark);
  else if (!document.activeElement?.matches(MARKS)) hide();
});
document.addEventListener("focusin", (event) => {
  const mark = event.target.closest?.(MARKS);
  if (!mark) return hide();
  for (const other of mark.closest("svg").querySelectorAll("[tabindex='0']")) other.setAttribute("tabindex", "-1");
  mark.setAttribute("tabindex", "0");
  show(mark);
});
document.addEventListener("scroll", hide, { capture: true, passive: true });
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return hide();
  const mark = event.target.closest?.(MARKS);
  if (!mark || event.altKey || event.ctrlKey || event.metaKey) return;
  const marks = [...mark.closest("svg").querySelectorAll("a, g[role=img]")];
  const here = marks.indexOf(mark);
  const steps = { ArrowRight: here + 1, ArrowDown: here + 1, ArrowLeft: here - 1, ArrowUp: here - 1, Home: 0, End: marks.length - 1 };
  const next = marks[steps[event.key]];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
