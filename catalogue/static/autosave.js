// What is typed is kept while it is typed. Without script each step's button saves.
(() => {
  "use strict";

  const WAIT_MS = 1500;
  const drawn = ["csrf_token", "form_key"]; // anew with each page
  // A browser may refuse to keep anything; then the server alone does.
  const local = (deed) => {
    try {
      return deed(window.localStorage);
    } catch {
      return null;
    }
  };
  const listSentFrom = (storage, path) =>
    Object.keys(storage)
      .filter((key) => key.startsWith("catalogue:"))
      .filter((key) => JSON.parse(storage.getItem(key)).sentFrom === path);

  // A form that waited for its person is sent from the page where it waited, and so is what was
  // kept of it: else it would come back over what was saved.
  const held = document.querySelector("form[data-held]");
  held?.addEventListener("submit", () => {
    const sentFrom = window.location.pathname;
    local((storage) =>
      listSentFrom(storage, held.dataset.held).forEach((key) =>
        storage.setItem(key, JSON.stringify({ ...JSON.parse(storage.getItem(key)), sentFrom })),
      ),
    );
  });

  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const { autosave: address, role, kept, notKept, found } = form.dataset;
  const status = form.querySelector("[data-autosave-status]");
  const place = `catalogue:${role}:${address}`; // others sit here too, or act for another enterprise
  let timer;
  let changed = false;
  let sent = false;

  const say = (text) => {
    if (status) status.textContent = text;
  };
  const body = () => new FormData(form);
  const fields = () =>
    [...body()].filter(([name, value]) => !drawn.includes(name) && typeof value === "string");

  const keepHere = (sentFrom = null) =>
    local((storage) => storage.setItem(place, JSON.stringify({ sentFrom, fields: fields() })));
  const forgetHere = () => local((storage) => storage.removeItem(place));

  // A form that was sent leads here when it was saved, and to the sign-in page when it was not: so
  // what was kept on sending is forgotten by the page that comes straight after.
  const forgetSent = () => {
    const before = document.referrer && new URL(document.referrer).pathname;
    local((storage) =>
      listSentFrom(storage, before).forEach((key) => storage.removeItem(key)),
    );
  };

  // Signed out, the answer is the sign-in page or a refusal: then this browser keeps it.
  const keep = async () => {
    if (sent) return;
    changed = false;
    const answer = await fetch(address, { method: "POST", body: body() }).catch(() => null);
    if (answer?.ok && !answer.redirected) {
      forgetHere();
      say(`${kept} ${(await answer.json()).saved}`);
    } else {
      keepHere();
      say(notKept);
    }
  };

  const soon = () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT_MS);
  };

  // Leaving the page, or the phone's screen going dark, does not wait.
  const atOnce = () => {
    if (!changed || sent) return;
    clearTimeout(timer);
    changed = false;
    if (!navigator.sendBeacon(address, body())) keepHere();
  };

  const fillIn = (pairs) => {
    const given = new Map();
    pairs.forEach(([name, value]) => given.set(name, [...(given.get(name) ?? []), value]));
    [...form.elements].forEach((field) => {
      if (!field.name || field.type === "hidden" || field.type === "submit") return;
      const values = given.get(field.name) ?? [];
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = values.includes(field.value);
      } else if (values.length) {
        field.value = values[0];
      }
    });
  };

  forgetSent();
  const left = local((storage) => storage.getItem(place));
  if (left) {
    fillIn(JSON.parse(left).fields);
    say(found);
    soon();
  }
  form.addEventListener("input", soon);
  form.addEventListener("submit", () => {
    sent = true;
    clearTimeout(timer);
    keepHere(window.location.pathname);
  });
  window.addEventListener("pageshow", () => (sent = false));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") atOnce();
  });
  window.addEventListener("pagehide", atOnce);
})();
