// The form of a new request: suggestions while typing, questions that hang on others, files that are too large.
const form = document.querySelector("#ask");
const region = form.querySelector("[data-suggested]");
const seen = form.querySelector("[data-seen]");
const WAIT = 500;
let timer = 0;
let last = "";
let asking = null;

async function suggest() {
  const words = `${form.elements.subject.value} ${form.elements.text.value}`.trim().slice(0, 1500);
  if (words === last) return;
  last = words;
  asking?.abort();
  asking = new AbortController();
  try {
    const url = `${form.dataset.suggestions}?${new URLSearchParams({ q: words })}`;
    const answer = await fetch(url, { signal: asking.signal, credentials: "same-origin" });
    if (!answer.ok) return;
    const html = await answer.text();
    if (html === region.innerHTML) return;
    region.innerHTML = html;
    // What was read while typing is not shown once more before it is sent.
    if (html) seen.value = "1";
  } catch {
    // Without suggestions the form works as well.
  }
}

for (const name of ["subject", "text"]) {
  form.elements[name].addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, WAIT);
  });
}

const conditional = [...form.querySelectorAll("[data-after]")];
function follow() {
  for (const each of conditional) {
    const other = form.elements[each.dataset.after];
    each.hidden = other.closest(".field").hidden || other.value !== each.dataset.being;
  }
}
for (const each of conditional) each.querySelector(".portal-only-if").hidden = true;
form.addEventListener("change", follow);
follow();

const files = form.elements.files;
files.addEventListener("change", () => {
  const size = [...files.files].reduce((sum, each) => sum + each.size, 0);
  files.setCustomValidity(size > Number(files.dataset.most) ? files.dataset.tooLarge : "");
  files.reportValidity();
});
