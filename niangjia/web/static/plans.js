/* Board and plans: printing, lighting the source of what the pointer is on, keys on the workbench. Pages work without it. */
(() => {
  "use strict";
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  const light = (element, on) => {
    const mark = element && document.getElementById(`s-${element.dataset.source}`);
    if (!mark) return;
    mark.classList.toggle("is-lit", on);
    const box = mark.closest(".bench-source");
    if (on && box && box.scrollHeight > box.clientHeight) {
      box.scrollTop += mark.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    }
  };
  document.addEventListener("mouseover", (e) => light(e.target.closest("[data-source]"), true));
  document.addEventListener("mouseout", (e) => light(e.target.closest("[data-source]"), false));
  document.addEventListener("focusin", (e) => light(e.target.closest("[data-source]"), true));
  document.addEventListener("focusout", (e) => light(e.target.closest("[data-source]"), false));

  /* On an item: e edits, ] under the one above, [ a level up, m joins the one above, x deletes. On a target: y takes, n rejects. */
  const keys = { e: "edit", "]": "indent", "[": "outdent", m: "merge", x: "drop", y: "accept", n: "reject" };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
    const act = keys[e.key];
    const place = e.target.closest(".target, .item");
    const button = act && place && place.querySelector(`[data-key="${act}"]`);
    if (button) { e.preventDefault(); button.click(); }
  });

  /* The right side was drawn again: go on where she was, after a decision at the next open target. */
  let at = "", decided = false;
  document.addEventListener("focusin", (e) => {
    const place = e.target.closest(".target, .item");
    if (place) at = place.id;
  });
  document.addEventListener("click", (e) => {
    const button = e.target.closest("[data-key]");
    decided = Boolean(button) && /^(accept|reject)$/.test(button.dataset.key);
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (document.activeElement !== document.body && document.activeElement.id !== at) return;
    const targets = Array.from(document.querySelectorAll(".target"));
    const next = decided && targets.slice(targets.findIndex((t) => t.id === at) + 1).find((t) => t.classList.contains("target-SUGGESTED"));
    const place = next || document.getElementById(at);
    decided = false;
    if (place) place.focus({ preventScroll: !next });
  });

  /* The sum of the parts while they are typed. */
  document.addEventListener("input", (e) => {
    const form = e.target.closest("[data-sum]");
    if (!form) return;
    const number = (text) => Number(text.normalize("NFKC").replace(/,/g, "")) || 0;
    const sum = Array.from(form.querySelectorAll("[data-part]")).reduce((all, box) => all + number(box.value), 0);
    form.querySelector("[data-total]").textContent = (Math.round(sum * 100) / 100).toLocaleString("en");
  });
})();
