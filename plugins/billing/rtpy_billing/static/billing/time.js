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
    if (box.checked && !field.value) field.placeholder = `${box.dataset.minutes} from the timer`;
    else field.placeholder = field.dataset.usual;
  };
  if (field) field.dataset.usual = field.placeholder;
  box.addEventListener("change", fill);
  fill();
}
