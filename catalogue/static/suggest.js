// What fits is offered while a buyer types. Without script the field stays the plain search it is.
(() => {
  "use strict";

  const WAIT_MS = 120;
  const field = document.querySelector("input[data-suggest]");
  if (!field || !window.accessibleAutocomplete) return;
  const form = field.form;
  const texts = field.dataset;

  const escaped = (text) => {
    const safe = document.createElement("span");
    safe.textContent = text;
    return safe.innerHTML;
  };

  // One question at a time: a newer one takes the place of the one before.
  let timer, running;
  const source = (words, show) => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      running?.abort();
      running = new AbortController();
      try {
        const address = `${texts.suggest}?q=${encodeURIComponent(words)}`;
        const response = await fetch(address, { signal: running.signal });
        show(response.ok ? await response.json() : []);
      } catch (error) {
        if (error.name !== "AbortError") show([]); // offline: the search itself still works
      }
    }, WAIT_MS);
  };

  const holder = document.createElement("div");
  holder.className = "site-suggest";
  field.replaceWith(holder);
  window.accessibleAutocomplete({
    element: holder,
    id: field.id,
    name: field.name,
    defaultValue: field.value,
    placeholder: field.placeholder,
    minLength: 3,
    confirmOnBlur: false,
    displayMenu: "overlay",
    cssNamespace: "suggest",
    source,
    templates: {
      inputValue: (item) => item?.text ?? "",
      suggestion: (item) =>
        typeof item === "string"
          ? escaped(item)
          : `${escaped(item.text)} <span class="suggest-kind">${escaped(item.kind)}</span>`,
    },
    onConfirm: (item) => {
      if (item?.url) window.location.assign(item.url);
    },
    tNoResults: () => texts.suggestNone,
    tStatusNoResults: () => texts.suggestNone,
    tStatusQueryTooShort: () => texts.suggestShort,
    tStatusResults: (count, chosen) => `${texts.suggestCount.replace("0", count)} ${chosen}`,
    tStatusSelectedOption: (chosen, count, place) => `${chosen.text ?? chosen} ${place + 1}/${count}`,
    tAssistiveHint: () => texts.suggestHint,
  });

  // Enter in the field searches for what was typed; a suggestion is taken on itself.
  holder.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
      event.stopPropagation();
      event.preventDefault();
      form.requestSubmit();
    },
    true,
  );
})();
