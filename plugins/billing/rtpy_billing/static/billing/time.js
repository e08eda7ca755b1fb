// Timers that run are shown running; a form's minutes follow the timer that it stops. Pages work without it.

const shown = (seconds) => `${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}`;
const begun = Date.now();

setInterval(() => {
  const past = Math.floor((Date.now() - begun) / 1000);
  for (const clock of document.querySelectorAll("[data-clock]")) {
    clock.textContent = shown(Number(clock.dataset.clock) + past);
  }
}, 10000);

for (const box of document.querySelectorAll("[data-clock-fills]")) {
  const field = document.getElementById(box.dataset.clockFills);
  const fill = () => {
    if (!field) return;
    if (box.checked && !field.value) field.placeholder = box.dataset.minutes;
    else field.placeholder = field.dataset.usual;
  };
  if (field) field.dataset.usual = field.placeholder;
  box.addEventListener("change", fill);
  fill();
}

const ways = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// The week sheet: arrows move between its fields, left and right only from the ends of a field's text.
for (const sheet of document.querySelectorAll("[data-sheet]")) {
  sheet.addEventListener("keydown", (event) => {
    const field = event.target;
    const way = ways[event.key];
    if (!way || !field.matches("input.input")) return;
    const [from, to] = [field.selectionStart, field.selectionEnd];
    if (event.key === "ArrowLeft" && to > 0) return;
    if (event.key === "ArrowRight" && from < field.value.length) return;
    const cell = field.closest("td");
    const row = sheet.tBodies[0].rows[cell.parentElement.sectionRowIndex + way[0]];
    const next = row?.cells[cell.cellIndex + way[1]]?.querySelector("input.input");
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  });
}

// Suggestions: a logs the one that has the focus, or the first; d dismisses it. Never while somebody types.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const form = event.target.closest("[data-suggestion]") || document.querySelector("[data-suggestion]");
  const deed = { a: "accept", d: "dismiss" }[event.key];
  if (!form || !deed || document.documentElement.dataset.shortcuts === "off") return;
  event.preventDefault();
  form.querySelector(`[value="${deed}"]`).click();
});
