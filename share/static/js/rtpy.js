// Makes pages quicker and kinder: parts update in place, drafts are kept, files can be dropped, keys work.
// Every page works without it. Forms and elements ask for a deed by a data attribute; see each section.

const page = document.documentElement;
const root = page.dataset.root || "";
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const on = (type, deed, options) => document.addEventListener(type, deed, options);

page.classList.add("js");

// --- telling: a live region for screen readers, toasts for everybody

function announce(text) {
  const region = find("#announce");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 60);
}

function icon(name) {
  const known = find("svg.icon use");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  if (known) use.setAttribute("href", known.getAttribute("href").split("#")[0] + "#" + name);
  svg.append(use);
  return svg;
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function toast(tone, text) {
  const close = element("button", { type: "button" }, icon("x"));
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", "Dismiss");
  const symbols = { ok: "check-circle", info: "info" };
  const box = element("div", { className: `flash flash-${tone}` }, icon(symbols[tone] || "alert"), element("p", {}, text), close);
  find("#toasts")?.append(box);
  announce(text);
  if (tone !== "ok" && tone !== "info") return; // trouble stays until it is dismissed
  let timer;
  const leave = () => (timer = setTimeout(() => box.remove(), 8000));
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", leave);
  box.addEventListener("focusin", () => clearTimeout(timer));
  leave();
}

on("click", (event) => {
  const button = event.target.closest("[data-dismiss], [data-open], [data-copy], [data-copy-field]");
  if (!button) return;
  if ("dismiss" in button.dataset) button.closest(".flash")?.remove();
  if (button.dataset.open) openDialog(button.dataset.open);
  if (button.dataset.copy) copyNumber(button.dataset.copy);
  if (button.dataset.copyField) copyField(document.getElementById(button.dataset.copyField));
});

async function copyField(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    toast("ok", "Copied.");
  } catch {
    toast("warn", "The browser does not let this page copy. It is selected: press Ctrl+C.");
  }
}

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

async function copyNumber(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("ok", `Copied ${text}.`);
  } catch {
    toast("warn", `The browser does not let this page copy; the number is ${text}.`);
  }
}

// --- menus close when one clicks elsewhere

on("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// --- forms in place: <form data-enhance data-update="#one,#two">

const asks = (form) => form.matches("form[data-enhance]") && form.dataset.update;
const sending = new WeakSet();

on("submit", (event) => {
  const form = event.target;
  if (sending.has(form)) return event.preventDefault(); // a second click on the button
  if (form.matches("[data-theme-form]")) return switchTheme(event);
  if (event.defaultPrevented) return void forgetUnsaved(form);
  if (!asks(form) || event.submitter?.hasAttribute("formaction")) return letGo(form);
  event.preventDefault();
  submitInPlace(form, event.submitter);
});

// The page is about to go, unless the answer is a file: then the form works again after a while.
function letGo(form) {
  forgetUnsaved(form);
  if (form.getAttribute("method") !== "post") return;
  sending.add(form);
  setTimeout(() => sending.delete(form), 5000);
}

async function submitInPlace(form, submitter) {
  sending.add(form);
  submitter?.setAttribute("aria-busy", "true");
  const seen = new Set(all("#conversation [id]").map((entry) => entry.id));
  const post = () => fetch(form.getAttribute("action"), { method: "POST", body: new FormData(form, submitter), headers: { "X-Requested-With": "rtpy" } });
  let answer, text;
  try {
    await stopDraft(form);
    answer = await post();
    if (answer.headers.get("X-Trouble") === "bad_csrf" && (await renewTokens())) answer = await post();
    text = await answer.text();
  } catch {
    // Whether it arrived is not known: sending again by itself could tell the customer twice.
    release(form, submitter);
    return toast("bad", "The server could not be reached. Your text is still here; look whether it arrived, then try again.");
  }
  const there = new URL(answer.url);
  if (answer.headers.get("X-Trouble") === "logged_out") {
    release(form, submitter);
    return toast("bad", "You are no longer logged in, and nothing was sent. Log in in another tab, then send again here.");
  }
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const regions = form.dataset.update.split(",").map((selector) => selector.trim());
  const found = regions.filter((selector) => find(selector) && find(selector, fresh));
  if (answer.ok && there.pathname !== location.pathname) return leaveFor(answer.url);
  if (answer.status >= 500 || !found.length) {
    sending.delete(form);
    forgetUnsaved(form);
    return nativeSubmit(form, submitter);
  }
  release(form, submitter);
  replaceRegions(found, fresh, form);
  for (const flash of all(".flashes .flash", fresh)) {
    const tone = [...flash.classList].find((name) => name.startsWith("flash-"))?.slice(6) || "info";
    toast(tone, find("p", flash)?.textContent || "");
  }
  const added = all("#conversation [data-entry]").filter((entry) => !seen.has(entry.id)).pop();
  const next = added || (!answer.ok && find(".field-error, .problems")) || find(found[0]);
  if (next) {
    if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
}

// Whoever logged in again in another tab goes on here; who is somebody else now must not speak for the first.
async function renewTokens() {
  const answer = await fetch(`${root}/sessions`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const name = (within) => find("details.menu > summary", within)?.getAttribute("aria-label");
  const token = find("[name=csrf_token]", fresh)?.value;
  if (!answer.ok || !token || name(fresh) !== name(document)) return false;
  for (const field of all("[name=csrf_token]")) field.value = token;
  return true;
}

function replaceRegions(selectors, fresh, form) {
  const others = all("form[data-warn-unsaved]").filter((other) => other !== form && find("textarea", other)?.value);
  const kept = others.map((other) => [other.id, find("textarea", other).value]);
  for (const selector of selectors) {
    const old = find(selector);
    // A button elsewhere must not take away what somebody is writing; sending one text keeps the other.
    if (!old.contains(form) && others.some((other) => old.contains(other))) continue;
    old.replaceWith(document.importNode(find(selector, fresh), true));
  }
  for (const [id, text] of kept) {
    const field = find(`[id="${id}"] textarea`);
    if (field && !field.value) field.value = text;
  }
  refreshTimes();
  document.dispatchEvent(new Event("rtpy:drawn"));
}

function release(form, submitter) {
  sending.delete(form);
  submitter?.removeAttribute("aria-busy");
}

function leaveFor(url) {
  all("form[data-warn-unsaved]").forEach(forgetUnsaved);
  location.assign(url);
}

function nativeSubmit(form, submitter) {
  if (submitter?.name) form.append(element("input", { type: "hidden", name: submitter.name, value: submitter.value }));
  form.submit();
}

// --- the theme, without loading the page again

async function switchTheme(event) {
  event.preventDefault();
  const form = event.target;
  const body = new FormData(form, event.submitter);
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
    if (!answer.ok) throw new Error(answer.statusText);
  } catch {
    return nativeSubmit(form, event.submitter);
  }
  page.dataset.theme = event.submitter.value;
  for (const button of all("button[name=theme]", form)) button.setAttribute("aria-pressed", String(button === event.submitter));
}

// --- drafts and unsaved text: <form data-draft-url data-draft-kind data-warn-unsaved>

const drafts = new WeakMap();
const PAUSE = 2500;

function draftOf(form) {
  if (!drafts.has(form)) {
    const text = find("textarea", form)?.defaultValue ?? "";
    drafts.set(form, { saved: text, sent: text, timer: 0, running: null, gone: false });
  }
  return drafts.get(form);
}

on("input", (event) => {
  const form = event.target.closest?.("form[data-draft-url]");
  if (!form || event.target.name !== "text") return;
  const draft = draftOf(form);
  clearTimeout(draft.timer);
  draft.timer = setTimeout(() => saveDraft(form), PAUSE);
});

function saveDraft(form, keepalive = false) {
  const draft = draftOf(form);
  const text = find("textarea[name=text]", form).value;
  if (draft.gone || text === draft.sent) return;
  draft.sent = text;
  const body = new FormData();
  body.set("kind", form.dataset.draftKind);
  body.set("text", text);
  body.set("csrf_token", find("[name=csrf_token]", form).value);
  const say = (words) => find("[data-draft-state]", form)?.replaceChildren(words);
  draft.running = fetch(form.dataset.draftUrl, { method: "POST", body, keepalive, headers: { "X-Requested-With": "rtpy" } })
    .then((answer) => {
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      draft.saved = text;
      say(text ? "Draft saved" : "");
    })
    .catch(() => {
      draft.sent = draft.saved;
      say("Draft not saved yet");
    });
}

async function stopDraft(form) {
  const draft = draftOf(form);
  clearTimeout(draft.timer);
  await draft.running; // a draft that arrives after the reply would come back as a ghost
}

function forgetUnsaved(form) {
  const draft = draftOf(form);
  clearTimeout(draft.timer);
  draft.gone = true;
}

on("visibilitychange", () => {
  if (document.hidden) all("form[data-draft-url]").forEach((form) => saveDraft(form, true));
  else refreshTimes();
});
addEventListener("pagehide", () => all("form[data-draft-url]").forEach((form) => saveDraft(form, true)));
addEventListener("beforeunload", (event) => {
  const unsaved = all("form[data-warn-unsaved]").some((form) => {
    const field = find("textarea", form);
    const draft = draftOf(form);
    return field && !draft.gone && !sending.has(form) && field.value !== draft.saved;
  });
  if (unsaved) event.preventDefault();
});

// --- files: dropped on a form or pasted into its text, listed, each can be taken off again

const chosen = new WeakMap();

function addFiles(input, files) {
  const kept = input.multiple ? chosen.get(input) || [] : [];
  const isSame = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
  const fresh = [...files].filter((file) => !kept.some((other) => isSame(file, other)));
  setFiles(input, [...kept, ...fresh]);
  if (fresh.length) announce(`${fresh.length} file${fresh.length > 1 ? "s" : ""} added.`);
}

function setFiles(input, files) {
  const carrier = new DataTransfer();
  files.forEach((file) => carrier.items.add(file));
  input.files = carrier.files;
  chosen.set(input, files);
  const zone = input.closest("[data-drop]") || input.parentElement;
  find("[data-files]", zone)?.remove();
  if (!files.length) return;
  const list = element("ul", { className: "chips drop-files" }, ...files.map((file) => {
    const remove = element("button", { type: "button" }, icon("x"));
    remove.setAttribute("aria-label", `Remove ${file.name}`);
    remove.addEventListener("click", () => {
      setFiles(input, files.filter((other) => other !== file));
      input.focus();
      announce(`${file.name} removed.`);
    });
    return element("li", { className: "chip" }, icon("clip"), element("span", { className: "name" }, file.name), element("small", {}, sizeOf(file.size)), remove);
  }));
  list.dataset.files = "";
  zone.append(list);
}

function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const [amount, unit] = bytes < 1048576 ? [bytes / 1024, "KB"] : [bytes / 1048576, "MB"];
  return `${amount.toFixed(amount < 10 ? 1 : 0)} ${unit}`;
}

const filesOf = (form) => form && find("[data-drop] input[type=file]", form);
const carriesFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");

on("change", (event) => {
  if (event.target.matches("[data-drop] input[type=file]")) addFiles(event.target, event.target.files);
});
on("dragover", (event) => {
  const form = event.target.closest?.("form");
  if (!carriesFiles(event) || !filesOf(form)) return;
  event.preventDefault();
  find("[data-drop]", form).classList.add("is-over");
});
for (const type of ["dragleave", "drop"]) {
  on(type, (event) => find("[data-drop].is-over", event.target.closest?.("form") || document)?.classList.remove("is-over"));
}
on("drop", (event) => {
  const input = filesOf(event.target.closest?.("form"));
  if (!carriesFiles(event) || !input) return;
  event.preventDefault();
  addFiles(input, event.dataTransfer.files);
});
on("paste", (event) => {
  const input = filesOf(event.target.closest?.("form"));
  const files = [...(event.clipboardData?.files || [])];
  if (!input || !files.length) return;
  event.preventDefault();
  const stamp = new Date().toTimeString().slice(0, 8).replaceAll(":", "");
  // Every browser calls a pasted picture image.png; several in one message need names of their own.
  const named = files.map((file, n) => file.name === "image.png" ? new File([file], `pasted-${stamp}${n ? "-" + n : ""}.png`, { type: file.type }) : file);
  addFiles(input, named);
});

// --- who gets the reply: the button says it again whenever a box changes

for (const type of ["change", "input"]) {
  on(type, (event) => {
    if (event.target.matches?.("[data-recipient], [data-recipient-extra]")) labelSend(event.target.form);
  });
}

function labelSend(form) {
  const boxes = all("[data-recipient]:checked", form);
  const extra = all("[data-recipient-extra]", form).map((field) => field.value).join(",").split(/[,;]/).map((part) => part.trim()).filter(Boolean);
  const names = [...boxes.map((box) => box.dataset.recipient), ...extra];
  const people = [...boxes.map((box) => `${box.dataset.recipient} (${box.dataset.role})`), ...extra];
  find("[data-recipients-said]", form)?.replaceChildren(people.length ? `Goes to ${people.join(", ")}` : "Nobody gets a mail");
  const others = names.length - 1;
  const rest = others > 0 ? `, ${others} other${others > 1 ? "s" : ""}` : "";
  const label = find("[data-send-label]", form);
  if (label) label.textContent = names.length ? `Send reply to ${names[0]}${rest}` : "Record reply, nobody gets a mail";
}

// --- who gets a message, asked anew when a field marked data-tells changes: <button data-preview formaction>

const whoTimers = new WeakMap();
const whoTurns = new WeakMap();

for (const type of ["change", "input"]) {
  on(type, (event) => {
    const form = event.target.matches?.("[data-tells]") && event.target.form;
    if (!form) return;
    clearTimeout(whoTimers.get(form));
    whoTimers.set(form, setTimeout(() => showWho(form), 400));
  });
}

on("click", (event) => {
  const button = event.target.closest("button[data-preview]");
  if (!button) return;
  event.preventDefault();
  showWho(button.form, true);
});

async function showWho(form, wanted = false) {
  const button = find("button[data-preview]", form);
  const region = find(".who", form);
  if (!button || !region) return;
  const turn = (whoTurns.get(form) || 0) + 1;
  whoTurns.set(form, turn);
  const body = new FormData(form, button);
  for (const name of ["files", "text"]) body.delete(name);
  let fresh;
  try {
    const url = button.getAttribute("formaction") || form.getAttribute("action");
    const answer = await fetch(url, { method: "POST", body, headers: { "X-Requested-With": "rtpy" } });
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(region.id);
  } catch {
    if (wanted) toast("bad", "The server could not be reached; nothing was sent.");
  }
  if (!fresh || whoTurns.get(form) !== turn) return;
  region.replaceWith(document.importNode(fresh, true));
  labelSend(form);
}

// --- times stay fresh: <time datetime data-relative>

function relative(then, now) {
  const seconds = (then - now) / 1000;
  const distance = Math.abs(seconds);
  if (distance < 45) return "just now";
  if (distance >= 30 * 86400) return null; // a date, as the server wrote it
  const count = (unit) => Math.max(1, Math.round(distance / unit));
  const amount = distance < 2700 ? `${count(60)} min` : distance < 79200 ? `${count(3600)} h` : count(86400) === 1 ? "1 day" : `${count(86400)} days`;
  return seconds > 0 ? `in ${amount}` : `${amount} ago`;
}

function refreshTimes() {
  const now = Date.now();
  for (const time of all("time[data-relative]")) {
    const words = relative(Date.parse(time.dateTime), now);
    if (words && words !== time.textContent) time.textContent = words;
  }
}

setInterval(refreshTimes, 60000);

// --- keys; off with data-shortcuts="off" on <html>, never while one types

const isTyping = (target) => target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
let wentG = 0;

function step(by) {
  const items = all("[data-item]").length ? all("[data-item]") : all("[data-entry]");
  if (!items.length) return;
  const here = items.findIndex((item) => item.classList.contains("is-here"));
  const next = items[Math.min(items.length - 1, Math.max(0, here < 0 && by < 0 ? items.length - 1 : here + by))];
  items[here]?.classList.remove("is-here");
  next.classList.add("is-here");
  (find("[data-open-item]", next) || next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function compose(kind) {
  const field = find(`[data-compose="${kind}"]`);
  if (!field) return;
  const tab = find(`[name=composer-mode][value="${kind}"]`);
  if (tab) tab.checked = true;
  field.focus({ preventScroll: true });
  field.scrollIntoView({ block: "center" });
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  o: () => find(".is-here [data-open-item]")?.click(),
  r: () => compose("reply"),
  c: () => compose("comment"),
  n: () => find("[data-new-ticket]")?.click(),
  "/": () => find("#search")?.focus(),
  "?": () => openDialog("keys-help"),
  ".": () => find("[data-ticket]") && copyNumber(find("[data-ticket]").dataset.ticket),
  g: () => (wentG = Date.now()),
};

on("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const target = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.closest?.("form[data-warn-unsaved]")) {
    event.preventDefault();
    return target.form.requestSubmit(find("[data-send]", target.form));
  }
  if (event.key === "Escape") {
    const menu = target.closest?.("details.menu[open]");
    if (menu) {
      menu.open = false;
      find("summary", menu).focus();
    } else if (isTyping(target) && !target.closest("dialog")) target.blur();
    return;
  }
  if (page.dataset.shortcuts !== "on" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(target) || find("dialog[open]")) return;
  if (event.key === "h" && Date.now() - wentG < 1500) return location.assign(`${root}/`);
  const deed = keys[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});

// A link straight to a form (#reply, #comment) opens it.
const wanted = location.hash.slice(1);
if (wanted === "reply" || wanted === "comment") compose(wanted);
