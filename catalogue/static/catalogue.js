// What script adds to pages that work without it. Never needed to read, choose, order or send.
(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Scripts that nobody needs to see the page, fetched once it can be drawn and run in this order.
  const own = document.currentScript;
  const fetchOthers = () =>
    (own.dataset.then ?? "").split(" ").forEach((address, place) => {
      const script = document.createElement("script");
      script.async = false;
      script.src = address;
      if (!place) script.addEventListener("load", startDesignSystem);
      document.head.append(script);
    });

  // DKFDS: responsive tables, tooltips, character limits. A fault in it must not stop the rest.
  const startDesignSystem = () => {
    try {
      window.DKFDS?.init();
    } catch (error) {
      console.error(error);
    }
  };

  // An error summary takes the focus, so that it is read first.
  const focusSummary = () => document.querySelector("[data-focus]")?.focus();

  // Readers tell what changes in a live region, not what came with the page: it is put in once more.
  const announce = () =>
    all(".messages [role=status] .alert-text").forEach((told) => told.replaceWith(told.cloneNode(true)));

  // A link of the summary leads into the field itself.
  const focusField = (event) => {
    const link = event.target.closest(".error-summary a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.scrollIntoView({ block: "center" });
  };

  // A form is sent once, however often its button is pressed; coming back opens it again.
  const sendOnce = (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
  };
  const openForms = () =>
    all("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      all("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"));
    });

  // A changed order or filter shows its effect at once: on a select, or on a whole form. But arrows go
  // past one radio to the next; who chooses by them presses the form's button (WCAG 3.2.2).
  let byKeys = false;
  const noteHand = (event) => (byKeys = event.type === "keydown");
  const autoSubmit = ({ target }) => {
    const marked = target.closest("[data-auto-submit]");
    if (!marked || target.type === "search" || target.type === "text") return;
    if (target.type === "radio" && byKeys) return;
    const place = JSON.stringify([location.pathname, target.name, target.value, byKeys]);
    inSession((storage) => storage.setItem("filtered", place));
    (marked.form ?? marked).requestSubmit();
  };

  // A browser that keeps nothing begins each page at its top.
  const inSession = (deed) => {
    try {
      return deed(window.sessionStorage);
    } catch {
      return null;
    }
  };

  // What a filter brings begins where it was changed, not at the top of the page; where it is folded
  // away by now, at what unfolds it.
  const returnToFilter = () => {
    const place = inSession((storage) => storage.getItem("filtered"));
    if (!place) return;
    inSession((storage) => storage.removeItem("filtered"));
    const [path, name, value, focusVisible] = JSON.parse(place);
    if (path !== location.pathname || document.querySelector("[data-focus]")) return;
    const field = all("[data-auto-submit], [data-auto-submit] :not([type=hidden])").find(
      (each) => each.name === name && (each.value === value || each.matches("select")),
    );
    const seen = field?.checkVisibility?.() ? field : field?.closest("[data-fold-narrow]")?.firstElementChild;
    seen?.focus({ preventScroll: !focusVisible, focusVisible });
  };

  // Menus that lie over the page close by Escape and by a press elsewhere.
  const closeMenus = (event) => {
    if (event.type === "keydown" && event.key !== "Escape") return;
    all("details.account[open]").forEach((menu) => {
      if (event.type === "click" && menu.contains(event.target)) return;
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside && event.type === "keydown") menu.querySelector("summary").focus();
    });
  };

  // A thumbnail moves the strip; without script it is a link to the picture's place.
  const startGallery = (gallery) => {
    const strip = gallery.querySelector(".gallery-strip");
    const thumbs = all(".gallery-thumbs a", gallery);
    const mark = (chosen) =>
      thumbs.forEach((thumb, number) =>
        number === chosen
          ? thumb.setAttribute("aria-current", "true")
          : thumb.removeAttribute("aria-current"),
      );
    thumbs.forEach((thumb, number) =>
      thumb.addEventListener("click", (event) => {
        event.preventDefault();
        strip.scrollTo({ left: strip.clientWidth * number });
        mark(number);
      }),
    );
    strip.addEventListener("scrollend", () =>
      mark(Math.round(strip.scrollLeft / strip.clientWidth)),
    );
  };

  // Chosen pictures are shown, each with its own field for the alternative text.
  const startUpload = (upload) => {
    const input = upload.querySelector("input[type=file]");
    const previews = upload.querySelector("[data-upload-previews]");
    const plain = upload.querySelector("[data-upload-plain]");
    let shown = [];
    input.addEventListener("change", () => {
      // What was written of a picture stays with it when others are chosen, too.
      const written = new Map(shown.map(([figure, , key]) => [key, figure.querySelector("input")?.value]));
      shown.forEach(([figure, address]) => {
        figure.remove();
        if (address) URL.revokeObjectURL(address);
      });
      const files = [...input.files];
      shown = files.map((file, number) => preview(upload, file, number));
      previews.append(...shown.map(([figure]) => figure));
      shown.forEach(([figure, , key]) => {
        const field = figure.querySelector("input");
        if (field) field.value = written.get(key) ?? "";
      });
      if (!plain) return;
      plain.hidden = files.length > 0;
      all("input", plain).forEach((field) => (field.disabled = files.length > 0));
    });
  };

  const preview = (upload, file, number) => {
    const figure = document.createElement("div");
    figure.className = "upload-preview";
    const address = file.type.startsWith("image/") ? URL.createObjectURL(file) : "";
    if (address) {
      const picture = document.createElement("img");
      picture.src = address;
      picture.alt = "";
      // A kind that this browser cannot show (HEIC) is still sent; only its preview goes.
      picture.addEventListener("error", () => picture.remove());
      figure.append(picture);
    }
    const words = document.createElement("div");
    const name = document.createElement("p");
    name.className = "upload-name";
    name.textContent = file.name;
    words.append(name);
    if (upload.dataset.altName) words.append(...altField(upload, number));
    figure.append(words);
    return [figure, address, `${file.name} ${file.size}`];
  };

  const altField = (upload, number) => {
    const label = document.createElement("label");
    const field = document.createElement("input");
    field.id = `upload-alt-${upload.dataset.altName}-${number}`;
    field.name = upload.dataset.altName;
    field.className = "form-input";
    field.maxLength = 300;
    label.className = "form-label";
    label.htmlFor = field.id;
    label.textContent = upload.dataset.altLabel;
    return [label, field];
  };

  // On a phone filters and their groups begin closed, so that the hits are near.
  const foldFacets = () => {
    if (!window.matchMedia("(max-width: 991px)").matches) return;
    all("details.facet[open], details[data-fold-narrow]").forEach((facet) => (facet.open = false));
  };

  document.documentElement.classList.add("with-script");
  document.addEventListener("click", focusField);
  document.addEventListener("click", closeMenus);
  document.addEventListener("keydown", closeMenus);
  document.addEventListener("submit", sendOnce);
  document.addEventListener("change", autoSubmit);
  document.addEventListener("keydown", noteHand, true);
  document.addEventListener("pointerdown", noteHand, true);
  window.addEventListener("pageshow", openForms);
  fetchOthers();
  all("[data-gallery]").forEach(startGallery);
  all("[data-upload]").forEach(startUpload);
  document.addEventListener("catalogue:drawn", (event) =>
    all("[data-upload]", event.target).forEach(startUpload),
  );
  foldFacets();
  returnToFilter();
  focusSummary();
  window.addEventListener("load", () => setTimeout(announce, 500));
})();
