// What fits is offered while a buyer types. Without script the field stays the plain search it is.
(() => {
  "use strict";

  const WAIT_MS = 120;
  const field = document.querySelector("input[data-suggest]");
  if (!field || !window.accessibleAutocomplete) return;
  const { form, id, name, placeholder, value, dataset: texts } = field;
  const was = document.activeElement === field ? [field.selectionStart, field.selectionEnd] : null;

  const escaped = (text) => {
    const safe = document.createElement("span");
    safe.textContent = text;
    return safe.innerHTML;
  };

  // The component knows one list: a group is known by its label beside the first of it.
  const listed = (groups) =>
    groups.flatMap(({ label, items }) => items.map((item, at) => ({ ...item, label, first: !at })));

  // One question at a time, and what comes is shown only to the words it was asked for.
  let timer, running;
  const ask = async (words, show) => {
    running = new AbortController();
    const answer = await fetch(`${texts.suggest}?q=${encodeURIComponent(words)}`, {
      signal: running.signal,
    })
      .then((response) => (response.ok ? response.json() : []))
      .catch((error) => (error.name === "AbortError" ? null : [])); // offline: no suggestions
    const waiting = input().value === words && document.activeElement === input();
    if (answer && waiting) show(listed(answer));
  };
  const source = (words, show) => {
    clearTimeout(timer);
    running?.abort();
    if (document.activeElement !== input()) return show([]);
    timer = setTimeout(ask, WAIT_MS, words, show);
  };

  const holder = document.createElement("div");
  holder.className = "site-suggest";
  const input = () => holder.querySelector("input");
  field.replaceWith(holder);
  window.accessibleAutocomplete({
    element: holder,
    id,
    name,
    placeholder,
    source,
    minLength: 3,
    confirmOnBlur: false,
    showNoOptionsFound: false,
    displayMenu: "overlay",
    cssNamespace: "suggest",
    menuAttributes: { "aria-labelledby": `${id}-label` },
    templates: {
      inputValue: (item) => item?.text ?? "",
      suggestion: ({ text, label, first }) =>
        `<span class="suggest-text">${escaped(text)}</span> ` +
        `<span class="suggest-kind${first ? " suggest-first" : ""}">${escaped(label)}</span>`,
    },
    onConfirm: (item) => item && window.location.assign(item.url),
    tStatusNoResults: () => texts.suggestNone,
    tStatusQueryTooShort: () => texts.suggestShort,
    tStatusResults: (count, chosen) => `${texts.suggestCount.replace("0", count)}. ${chosen}`,
    tStatusSelectedOption: (chosen, count, at) => `${chosen}, ${at + 1}/${count}`,
    tAssistiveHint: () => texts.suggestHint,
  });

  // What was typed before the script came stays, and so does the cursor. (Given as the default
  // value of the component it would be offered as a suggestion, too.)
  input().enterKeyHint = "search";
  input().value = value;
  input().dispatchEvent(new Event("input", { bubbles: true }));
  if (was) {
    input().focus(); // whereupon the component selects all, once it has drawn itself
    setTimeout(() => input().setSelectionRange(...was));
  }

  // Escape closes the list, and the focus goes from the suggestion that had it back to the field.
  // The component then no longer knows that the field has the focus: a list that is opened by more
  // words would stay over the page when the field is left, so it is told to close it once more.
  let closed = false;
  holder.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !event.isTrusted) return;
      if (event.target !== input()) input().focus();
      closed = true;
    },
    true,
  );
  holder.addEventListener("focusout", ({ relatedTarget }) => {
    if (!closed || holder.contains(relatedTarget)) return;
    closed = false;
    input().dispatchEvent(
      new KeyboardEvent("keydown", { key: "Escape", keyCode: 27, bubbles: true }),
    );
  });

  // Enter in the field searches for what was typed; on a suggestion it takes that.
  holder.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || event.isComposing || event.target !== input()) return;
      event.stopPropagation();
      event.preventDefault();
      form.requestSubmit();
    },
    true,
  );
})();
