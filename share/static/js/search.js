// The search page: rows and text stay in step while one types; the server reads and writes both.

const form = () => document.getElementById("builder");
let turn = 0;

async function refresh(body, kept) {
  const mine = ++turn;
  let fresh;
  try {
    const answer = await fetch(form().getAttribute("action"), { method: "POST", body, headers: { "X-Requested-With": "rtpy" } });
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // the next search goes to the server anyway
  }
  if (mine !== turn) return;
  const focused = document.activeElement;
  const within = focused?.closest("#builder, #written")?.id;
  for (const id of ["builder", "written"]) {
    if (id === kept) continue;
    const found = fresh.getElementById(id);
    if (found) document.getElementById(id)?.replaceWith(document.importNode(found, true));
  }
  if (!within || within === kept) return;
  // The focus stays where it was: on the same control, or on the nearest of its kind when that is gone.
  const alike = [...document.getElementById(within).querySelectorAll(focused.localName)].filter(
    (other) => other.name === focused.name && other.tabIndex >= 0,
  );
  (alike.find((other) => other.value === focused.value) ?? alike[0])?.focus();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("#builder [data-rebuild], #builder select")) {
    const body = new FormData(form());
    body.set("do", "show");
    refresh(body, event.target.matches(".build-value") ? "builder" : "");
  } else if (event.target.matches("#query")) {
    const body = new FormData(form());
    body.set("do", "read");
    body.set("Query", event.target.value);
    refresh(body, "");
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("#builder button[name=do]");
  if (!button || button.value === "search") return;
  event.preventDefault();
  const body = new FormData(form());
  body.set("do", button.value);
  refresh(body, "").then(() => {
    if (!button.value.startsWith("add:")) return;
    const fields = [...form().querySelectorAll(".build-field")].filter((field) => !field.value);
    fields.at(-1)?.focus();
  });
});

// --- the board: a card is dragged to another column; its own form does the move

let dragged;

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(".board-card");
  if (dragged) event.dataTransfer.effectAllowed = "move";
});
document.addEventListener("dragend", () => (dragged = null));
document.addEventListener("dragover", (event) => {
  const column = dragged && event.target.closest?.(".board-column");
  document.querySelectorAll(".board-column.is-over").forEach((other) => other !== column && other.classList.remove("is-over"));
  if (!column || column.contains(dragged)) return;
  event.preventDefault();
  column.classList.add("is-over");
});
document.addEventListener("drop", (event) => {
  const column = dragged && event.target.closest?.(".board-column");
  if (!column || column.contains(dragged)) return;
  event.preventDefault();
  const form = dragged.querySelector("form[data-move]");
  form.querySelector("select").value = column.dataset.value;
  form.requestSubmit();
});
