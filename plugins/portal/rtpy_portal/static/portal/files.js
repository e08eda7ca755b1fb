// Files of a form: dropped on it or pasted into its text, listed, each can be taken off again.
for (const input of document.querySelectorAll("input[type=file][data-remove]")) {
  const form = input.form;
  const list = document.createElement("ul");
  const hint = document.createElement("p");
  let chosen = [];
  let isOurs = false;
  list.className = "chips";
  list.setAttribute("aria-live", "polite");
  hint.className = "hint";
  hint.textContent = input.dataset.hint;
  input.after(hint, list);

  function set(files) {
    const carrier = new DataTransfer();
    files.forEach((file) => carrier.items.add(file));
    input.files = carrier.files;
    chosen = files;
    list.replaceChildren(...files.map(drawn));
    isOurs = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    isOurs = false;
  }

  function add(files) {
    const isSame = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
    set([...chosen, ...[...files].filter((file) => !chosen.some((other) => isSame(file, other)))]);
  }

  function drawn(file) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const remove = document.createElement("button");
    item.className = "chip";
    name.className = "name";
    name.textContent = file.name;
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", `${input.dataset.remove}: ${file.name}`);
    remove.addEventListener("click", () => {
      set(chosen.filter((other) => other !== file));
      input.focus();
    });
    item.append(name, remove);
    return item;
  }

  input.addEventListener("change", () => {
    if (!isOurs) add(input.files);
  });
  form.addEventListener("dragover", (event) => {
    if ([...(event.dataTransfer?.types ?? [])].includes("Files")) event.preventDefault();
  });
  form.addEventListener("drop", (event) => {
    const files = event.dataTransfer?.files ?? [];
    if (!files.length) return;
    event.preventDefault();
    add(files);
  });
  form.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    // Words that were copied from an office program come with a picture of themselves.
    if (!files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    // Every browser calls a pasted picture image.png; several need names of their own.
    const stamp = new Date().toTimeString().slice(0, 8).replaceAll(":", "");
    add(files.map((file, n) => file.name === "image.png" ? new File([file], `${stamp}${n ? `-${n}` : ""}.png`, { type: file.type }) : file));
  });
}
