// Pictures of a product: drop them, take them, see them go; drag them into order; choose the part
// that is seen. Without script the same forms do the same, one step at a time.
(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const filled = (text, ...values) => text.replace(/\{(\d)\}/g, (_, at) => values[at]);

  // -- Sending ---------------------------------------------------------------------------------

  const startSending = (form) => {
    const input = form.querySelector("[data-upload] input[type=file]");
    const camera = form.querySelector("#field-camera");
    const box = form.querySelector(".upload-box");
    const add = (files) => {
      const joined = new DataTransfer();
      [...input.files, ...files].forEach((file) => joined.items.add(file));
      input.files = joined.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    camera.addEventListener("change", () => {
      add(camera.files);
      camera.value = "";
    });
    form.querySelector("[data-drop-hint]").hidden = false;
    for (const kind of ["dragenter", "dragover"])
      form.addEventListener(kind, (event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        box.classList.add("upload-box-over");
      });
    for (const kind of ["dragleave", "drop"])
      form.addEventListener(kind, () => box.classList.remove("upload-box-over"));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      add(event.dataTransfer.files);
    });
    form.addEventListener("submit", (event) => {
      if (!input.files.length) return; // the server says what is missing
      event.preventDefault();
      sendAll(form, input);
    });
  };

  // One picture a request: what has arrived on a train is kept when the rest does not.
  const sendAll = async (form, input) => {
    const files = [...input.files];
    const texts = all("[data-upload-previews] input", form).filter((field) => !field.disabled);
    const words = texts.map((field) => field.value);
    const meter = form.querySelector("[data-send-progress]");
    const said = meter.querySelector("[data-send-said]");
    const bar = meter.querySelector("progress");
    const button = form.querySelector("button[type=submit]");
    const told = [];
    let page = null;
    meter.hidden = false;
    button.disabled = true;
    for (const [number, file] of files.entries()) {
      said.textContent = filled(form.dataset.sending, number + 1, files.length);
      const answer = await send(form, file, words[number] ?? "", (share) => {
        bar.value = (100 * (number + share)) / files.length;
      });
      if (answer.status === 0) {
        keepRest(input, files.slice(number));
        told.push(note(form.dataset.failed));
        break;
      }
      const drawn = new DOMParser().parseFromString(answer.responseText, "text/html");
      if (answer.status === 413) told.push(note(`${file.name}: ${form.dataset.refused}`));
      else if (!drawn.getElementById("pictures")) return location.assign(answer.responseURL);
      else {
        page = drawn;
        told.push(...all(".alert-error, .alert-warning, #pictures .form-error-message", drawn).map(
          (each) => (each.matches(".alert") ? each : note(each.textContent)),
        ));
      }
    }
    meter.hidden = true;
    button.disabled = false;
    redraw(page, told);
  };

  const send = (form, file, words, progress) =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const data = new FormData();
      data.append("csrf_token", form.elements.csrf_token.value);
      data.append("images", file);
      data.append("alt", words);
      request.open("POST", form.action);
      request.upload.addEventListener("progress", (event) => progress(event.loaded / event.total));
      request.addEventListener("loadend", () => resolve(request));
      request.send(data);
    });

  const keepRest = (input, files) => {
    const rest = new DataTransfer();
    files.forEach((file) => rest.items.add(file));
    input.files = rest.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const note = (words) => {
    const alert = document.createElement("div");
    const text = document.createElement("p");
    alert.className = "alert alert-error";
    text.className = "alert-text";
    text.textContent = words;
    alert.append(text);
    return alert;
  };

  // Draw the pictures, and what the product still lacks, as the server drew them last.
  const redraw = (page, told) => {
    if (page)
      for (const selector of ["#pictures", "aside[aria-labelledby=publish-heading]"]) {
        const newer = page.querySelector(selector);
        if (newer) document.querySelector(selector).replaceWith(document.adoptNode(newer));
      }
    const section = document.getElementById("pictures");
    const heading = section.querySelector("h2");
    all("[data-told]", section).forEach((each) => each.remove());
    const box = document.createElement("div");
    box.dataset.told = "";
    box.setAttribute("role", "alert");
    box.append(...told.map((each) => document.adoptNode(each)));
    heading.after(box);
    heading.tabIndex = -1;
    heading.focus();
    if (!page) return;
    section.dispatchEvent(new CustomEvent("catalogue:drawn", { bubbles: true }));
    start(section);
  };

  // -- Order -----------------------------------------------------------------------------------

  const HOLD_MS = 250;
  const EDGE_PX = 90;

  const startRow = (row) => {
    const said = row.parentElement.querySelector("[data-picture-said]");
    const number = () => {
      const items = all("[data-picture]", row);
      items.forEach((item, at) => {
        item.querySelector("[data-picture-place]").value = at + 1;
        item.querySelector("[data-move='-1']").disabled = at === 0;
        item.querySelector("[data-move='1']").disabled = at === items.length - 1;
      });
      return items;
    };
    const tell = (item) => {
      said.textContent = filled(row.dataset.moved, number().indexOf(item) + 1);
    };
    all("[data-move]", row).forEach((button) =>
      button.addEventListener("click", (event) => {
        event.preventDefault(); // the order is kept by the button below, with the texts
        const item = button.closest("[data-picture]");
        if (button.dataset.move === "1") item.nextElementSibling?.after(item);
        else item.previousElementSibling?.before(item);
        tell(item);
        if (button.disabled) all("[data-move]", item).find((each) => !each.disabled)?.focus();
        else button.focus();
      }),
    );
    all("[data-picture-handle]", row).forEach((handle) => startDragging(row, handle, tell));
    all("[data-drag-hint]", row.parentElement).forEach((hint) => (hint.hidden = false));
  };

  // The picture is the handle. Mouse and pen drag at once; a finger holds first, for until then it
  // scrolls the page. At the edge of the screen the page goes along.
  const startDragging = (row, handle, tell) => {
    const item = handle.closest("[data-picture]");
    const isDragged = () => item.classList.contains("picture-dragged");
    let pointer = null;
    let waiting = 0;
    const begin = () => {
      handle.setPointerCapture(pointer.pointerId);
      item.classList.add("picture-dragged");
      requestAnimationFrame(follow);
    };
    const end = () => {
      clearTimeout(waiting);
      if (!isDragged()) return;
      item.classList.remove("picture-dragged");
      tell(item);
    };
    const follow = () => {
      if (!isDragged()) return;
      const below = item.nextElementSibling ? pointer.clientY - window.innerHeight + EDGE_PX : 0;
      const above = item.previousElementSibling ? pointer.clientY - EDGE_PX : 0;
      window.scrollBy(0, (Math.max(0, below) + Math.min(0, above)) / 6);
      place();
      requestAnimationFrame(follow);
    };
    const place = () => {
      const middle = (each) => each.getBoundingClientRect().top + each.offsetHeight / 2;
      const before = item.previousElementSibling;
      const after = item.nextElementSibling;
      if (before && pointer.clientY < middle(before)) before.before(item);
      else if (after && pointer.clientY > middle(after)) after.after(item);
      else return;
      handle.setPointerCapture(pointer.pointerId); // moving in the page lets go of it
    };
    handle.addEventListener("dragstart", (event) => event.preventDefault());
    handle.addEventListener("contextmenu", (event) => {
      if (pointer?.pointerType === "touch") event.preventDefault(); // what phones show on holding
    });
    const still = (event) => {
      if (isDragged() && event.cancelable) event.preventDefault(); // the page must not scroll too
    };
    handle.addEventListener("touchmove", still, { passive: false });
    handle.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      pointer = event;
      if (event.pointerType === "touch") waiting = setTimeout(begin, HOLD_MS);
      else begin();
    });
    handle.addEventListener("pointermove", (event) => {
      if (event.pointerId !== pointer?.pointerId) return;
      pointer = event;
      if (isDragged()) place();
    });
    for (const kind of ["pointerup", "pointercancel"]) handle.addEventListener(kind, end);
  };

  // -- Cutting ---------------------------------------------------------------------------------

  // The sliders are the truth; the frame over the picture shows it and can be dragged.
  const startCut = (form) => {
    const stage = form.querySelector("[data-cut-stage]");
    const picture = form.querySelector("[data-cut-picture]");
    const frame = form.querySelector("[data-cut-frame]");
    const [size, x, y] = ["size", "x", "y"].map((name) => form.elements[name]);
    const shape = Number(form.dataset.across) / Number(form.dataset.down);
    const turn = () => Number(form.elements.turn.value);
    const room = () => {
      const lies = turn() % 180 !== 0;
      const wide = lies ? picture.naturalHeight : picture.naturalWidth;
      const high = lies ? picture.naturalWidth : picture.naturalHeight;
      const scale = Math.min(1, Math.min(720, form.clientWidth) / wide, 560 / high);
      return [wide * scale, high * scale];
    };
    const draw = () => {
      if (!picture.naturalWidth) return;
      const [wide, high] = room();
      const lies = turn() % 180 !== 0;
      stage.style.width = `${wide}px`;
      stage.style.height = `${high}px`;
      picture.style.width = `${lies ? high : wide}px`;
      picture.style.height = `${lies ? wide : high}px`;
      picture.style.transform = `translate(-50%, -50%) rotate(${turn()}deg)`;
      picture.style.left = `${wide / 2}px`;
      picture.style.top = `${high / 2}px`;
      const across = (Math.min(wide, high * shape) * size.value) / 100;
      const down = across / shape;
      frame.hidden = false;
      frame.style.width = `${across}px`;
      frame.style.height = `${down}px`;
      frame.style.left = `${((wide - across) * x.value) / 100}px`;
      frame.style.top = `${((high - down) * y.value) / 100}px`;
    };
    stage.classList.add("cut-stage-live");
    form.addEventListener("input", draw);
    picture.addEventListener("load", draw);
    window.addEventListener("resize", draw);
    let began = null; // where the pointer and the sliders were; not every phone tells a step
    frame.addEventListener("pointerdown", (event) => {
      frame.setPointerCapture(event.pointerId);
      began = [event.clientX, event.clientY, Number(x.value), Number(y.value)];
    });
    frame.addEventListener("pointermove", (event) => {
      if (!frame.hasPointerCapture(event.pointerId)) return;
      const [wide, high] = room();
      const free = [wide - frame.offsetWidth, high - frame.offsetHeight];
      if (free[0] > 1) x.value = began[2] + (100 * (event.clientX - began[0])) / free[0];
      if (free[1] > 1) y.value = began[3] + (100 * (event.clientY - began[1])) / free[1];
      draw();
    });
    draw();
  };

  const start = (root) => {
    all("[data-send-pictures]", root).forEach(startSending);
    all("[data-picture-row]", root).forEach(startRow);
    all("[data-cut]", root).forEach(startCut);
  };
  start(document);
})();
