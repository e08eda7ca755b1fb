// While a moment is typed in words it is said what they mean. Pages work without it.

const asked = new Map();

const say = async (field) => {
  const place = document.getElementById(field.dataset.moment);
  const words = field.value.trim();
  if (!place) return;
  if (!words) { place.textContent = ""; return; }
  if (!asked.has(words)) {
    const answer = await fetch(`${field.dataset.momentUrl}?words=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    asked.set(words, await answer.json());
  }
  if (field.value.trim() === words) place.textContent = asked.get(words).says;
};

let waiting;
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.dataset?.moment) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => say(field), 350);
});
