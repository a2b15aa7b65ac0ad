// The dialogs of contacts: a picture is cut to a square before it is sent.
const SIDE = 320;

/** Let the picture of a dialog be chosen, moved, and sent as it is seen. */
function prepare(portrait) {
  portrait.dataset.ready = "";
  const [file, range] = portrait.querySelectorAll("input");
  const [canvas, shown, sent] = ["canvas", "img", "[name=photo]"].map((one) => portrait.querySelector(one));
  const view = { picture: null, x: 0.5, y: 0.5 };

  function draw() {
    const { picture } = view;
    const side = Math.min(picture.width, picture.height) / (range.value / 100);
    const [left, top] = [view.x * (picture.width - side), view.y * (picture.height - side)];
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, SIDE, SIDE);
    context.drawImage(picture, left, top, side, side, 0, 0, SIDE, SIDE);
    sent.value = canvas.toDataURL("image/jpeg", 0.88);
  }

  function move(right, down) {
    if (!view.picture) return;
    view.x = Math.min(1, Math.max(0, view.x - right));
    view.y = Math.min(1, Math.max(0, view.y - down));
    draw();
  }

  file.addEventListener("change", async () => {
    try {
      view.picture = await createImageBitmap(file.files[0]);
    } catch {
      return file.setCustomValidity(file.dataset.wrong), file.reportValidity();
    }
    file.setCustomValidity("");
    Object.assign(view, { x: 0.5, y: 0.5 });
    range.value = 100;
    range.closest("label").hidden = canvas.hidden = false;
    if (shown) shown.hidden = true;
    draw();
  });
  range.addEventListener("input", draw);
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) move(event.movementX / canvas.clientWidth, event.movementY / canvas.clientHeight);
  });
  canvas.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [0.05, 0], ArrowRight: [-0.05, 0], ArrowUp: [0, 0.05], ArrowDown: [0, -0.05] }[event.key];
    if (!way) return;
    event.preventDefault();
    move(...way);
  });
  portrait.querySelector("[data-remove]")?.addEventListener("click", () => {
    shown.hidden = true;
    sent.value = "none";
  });
}

document.addEventListener("htmx:after:swap", () => {
  for (const portrait of document.querySelectorAll("[data-portrait]:not([data-ready])")) prepare(portrait);
});
