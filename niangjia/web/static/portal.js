/* Small helps of the portal's pages. Every page works without them. */
(() => {
  "use strict";
  const $ = (s, root = document) => root.querySelector(s);
  const $$ = (s, root = document) => Array.from(root.querySelectorAll(s));
  document.documentElement.classList.add("with-script");

  /* Leave at once, and the way back does not lead here. */
  document.addEventListener("click", (e) => {
    const link = e.target.closest("[data-leave]");
    if (link) { e.preventDefault(); location.replace(link.href); }
    if (e.target.closest("[data-print]")) window.print();
  });

  /* A code that came behind the # of a link: put into its field, and out of the address. */
  const coded = $("[data-from-hash]");
  if (coded && !coded.value && location.hash.length > 1) {
    coded.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
  }

  /* Questions that only some answers bring up. */
  const answered = (name) => {
    const fields = $$(`[name="${name}"]`);
    return fields.filter((f) => (/^(radio|checkbox)$/.test(f.type) ? f.checked : true)).map((f) => f.value);
  };
  const conditional = $$("[data-shown-if]");
  const sort = () => conditional.forEach((box) => {
    const given = answered(box.dataset.shownIf);
    box.hidden = !box.dataset.shownValues.split(" ").some((value) => given.includes(value));
  });
  if (conditional.length) {
    $$("[data-shown-hint]").forEach((hint) => { hint.hidden = true; });
    document.addEventListener("change", sort);
    sort();
  }

  /* First the town, then the village: two short lists instead of one of four hundred. */
  $$("[data-place] select").forEach((village) => {
    const groups = $$("optgroup", village);
    if (groups.length < 2) return;
    const town = document.createElement("select");
    town.id = `${village.id}-town`;
    town.setAttribute("aria-label", "镇街");
    town.append(new Option("先选镇街", ""), ...groups.map((group) => new Option(group.label, group.label)));
    const empty = $("option", village);
    const chosen = village.selectedOptions[0];
    town.value = chosen && chosen.parentElement.label ? chosen.parentElement.label : "";
    const lists = new Map(groups.map((group) => [group.label, $$("option", group)]));
    const pick = () => {
      const kept = village.value;
      const options = lists.get(town.value) || [];
      village.replaceChildren(empty, ...options);
      empty.textContent = options.length ? "再选村（社区）" : "请先选镇街";
      village.value = options.some((o) => o.value === kept) ? kept : "";
      village.disabled = !options.length;
    };
    village.before(town);
    village.parentElement.classList.add("place-pair");
    town.addEventListener("change", pick);
    pick();
  });

  /* How many are chosen, and how many more may be. */
  $$("[data-count]").forEach((told) => {
    const boxes = $$(`input[name="${told.dataset.count}"]`);
    const least = Number(told.dataset.least), most = Number(told.dataset.most);
    const count = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      const rest = chosen < least ? `，还要选${least - chosen}项` : chosen > most ? `，多了${chosen - most}项` : "";
      told.textContent = `已选${chosen}项${rest}`;
    };
    document.addEventListener("change", count);
    count();
  });

  /* A photo taken is a photo sent. */
  $$("form[data-uploads]").forEach((form) => form.addEventListener("change", (e) => {
    if (!e.target.matches("input[type=file]") || !e.target.files.length) return;
    const go = $("button[name=upload]", form);
    if (go) go.click();
  }));
})();
