// Fields that follow what is chosen in another one: hints of the chosen kind, values that go with a value.
// Pages work without it: the hints stand in a list, and the server says what goes with what.

const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// --- hints: <details data-hints="ID" data-follows="ID of a select"> with <div data-hint="VALUE" data-takes data-opens="ID">

function showHint(list) {
  const choice = document.getElementById(list.dataset.follows);
  const field = document.getElementById(list.dataset.hints);
  const place = document.getElementById(`${list.dataset.hints}-hint`);
  if (!choice || !field || !place) return;
  list.dataset.unchosen ??= choice.value ? "" : place.textContent;
  const chosen = all("[data-hint]", list).find((hint) => hint.dataset.hint === choice.value);
  const isWanted = !chosen || "takes" in chosen.dataset || field.value !== "" || field.hasAttribute("aria-invalid");
  place.textContent = chosen ? find("dd", chosen).textContent : list.dataset.unchosen;
  place.hidden = !place.textContent;
  field.hidden = !isWanted;
  find(`label[for="${field.id}"]`).hidden = !isWanted;
  for (const part of new Set(all("[data-opens]", list).map((hint) => hint.dataset.opens))) {
    const box = document.getElementById(part);
    if (!box) continue;
    const isMine = chosen?.dataset.opens === part;
    box.hidden = !isMine && !find(".field-error", box);
    if (isMine) box.open = true;
  }
}

// --- values that go with a value: <div data-based-on="NAME of the base"> around lists of choices with data-goes-with

const whole = new WeakMap(); // options are taken out of lists, since not every browser can hide them

function filterValues(field) {
  const form = field.closest("form");
  const bases = all(`[name="${field.dataset.basedOn}"]`, form || document);
  if (!bases.length) return; // the base is not in this form: the server has left out what does not go
  const chosen = new Set(bases.flatMap(valuesOf).map((value) => value.trim().toLowerCase()));
  const goes = (part) => chosen.has(part.dataset.goesWith.toLowerCase());
  const before = valuesIn(field);
  for (const list of all("select, datalist", field)) {
    if (!whole.has(list)) whole.set(list, [...list.children]);
    const wanted = whole.get(list).filter((part) => !("goesWith" in part.dataset) || goes(part));
    if (wanted.length === list.children.length && wanted.every((part, n) => part === list.children[n])) continue;
    const kept = new Set(list.selectedOptions || []);
    list.replaceChildren(...wanted);
    for (const option of list.options) option.selected = kept.has(option);
    if (list.matches("select:not([multiple])") && list.selectedIndex < 0) list.selectedIndex = 0;
  }
  // What depends on this one follows, too.
  if (valuesIn(field) !== before) find("select", field).dispatchEvent(new Event("change", { bubbles: true }));
}

function valuesOf(input) {
  if (input.matches("[type=radio], [type=checkbox]")) return input.checked ? [input.value] : [];
  if (input.matches("select")) return [...input.selectedOptions].map((option) => option.value);
  return input.matches("textarea") ? input.value.split("\n") : [input.value];
}

const valuesIn = (field) => all("select", field).flatMap(valuesOf).join("\n");

// --- both, at the beginning, at each choice, and when a part of the page was drawn anew

function follow(within) {
  all("[data-hints]", within).forEach(showHint);
  all("[data-based-on]", within).forEach(filterValues);
}

for (const type of ["change", "input"]) {
  document.addEventListener(type, (event) => {
    const { id, name, form } = event.target;
    if (id) all("[data-hints]").filter((list) => list.dataset.follows === id).forEach(showHint);
    if (name && form) all("[data-based-on]", form).filter((field) => field.dataset.basedOn === name).forEach(filterValues);
  });
}
document.addEventListener("rtpy:drawn", () => follow(document));
follow(document);
