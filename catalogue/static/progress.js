// How far work in the background is, without loading the page anew. Without script there is a link.
(() => {
  "use strict";

  const PAUSE_MS = 1500;
  const look = async () => {
    const here = document.querySelector("[data-progress]");
    if (!here || document.hidden) return setTimeout(look, PAUSE_MS);
    const answer = await fetch(location.href).catch(() => null); // offline: try again
    if (answer?.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const newer = page.querySelector("[data-progress]");
      if (!newer) return location.reload(); // done
      here.querySelector("h2").replaceWith(newer.querySelector("h2"));
      here.querySelector(".share").replaceWith(newer.querySelector(".share"));
    }
    setTimeout(look, PAUSE_MS);
  };
  setTimeout(look, PAUSE_MS);
})();
