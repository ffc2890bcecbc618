/* Roll call: each press is kept on this phone first, then sent. What is kept are numbers and times, no names. */
(() => {
  "use strict";
  const root = document.getElementById("taps");
  if (!root || !window.fetch) return;
  const { url, account, session, half } = root.dataset;
  const KEY = `taps:${account}:${session}`;
  const rows = new Map(Array.from(root.querySelectorAll("[data-who]"), (li) => [li.dataset.who, li]));
  const bar = root.querySelector("[data-state]");
  const sendNow = root.querySelector("[data-send]");
  const reason = document.getElementById("tap-reason");

  /* One entry a press: id, participant, half, at, undo, reason, state (kept, sent, refused), message, done (answered). */
  const load = () => { try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return []; } };
  const save = (log) => { try { localStorage.setItem(KEY, JSON.stringify(log)); return true; } catch { return false; } };
  const change = (work) => { const log = load(); work(log); return save(log); };
  const uuid = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64; b[8] = (b[8] & 63) | 128;
    const h = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
  };

  /* What was answered before this page was made needs no entry here any more: the page shows it. */
  change((log) => {
    for (let i = log.length - 1; i >= 0; i--) {
      if (log[i].state !== "kept" && log[i].done < Number(root.dataset.at)) log.splice(i, 1);
    }
  });

  let trouble = "";
  const clock = (at) => new Date(at).toTimeString().slice(0, 5);
  const paint = () => {
    const log = load();
    const last = new Map();
    log.filter((e) => e.half === half).forEach((e) => last.set(String(e.participant), e));
    rows.forEach((li, who) => {
      const e = last.get(who);
      const said = li.querySelector(".tap-said");
      const there = e ? !e.undo && e.state !== "refused" : Boolean(li.dataset.mark);
      li.classList.toggle("is-signed", there);
      li.classList.toggle("is-kept", Boolean(e) && e.state === "kept");
      li.classList.toggle("is-refused", Boolean(e) && e.state === "refused");
      li.querySelector(".tap-name").disabled = there;
      li.querySelector(".tap-undo").hidden = !there;
      if (!e) return;
      if (e.state === "refused") said.textContent = `没收：${e.message}`;
      else if (e.state === "kept") said.textContent = e.undo ? "撤销，在这部手机上" : `在这部手机上 ${clock(e.at)}`;
      else said.textContent = e.undo ? "已撤销" : `已送到 ${clock(e.at)}`;
    });
    const signed = root.querySelectorAll(".is-signed").length;
    root.querySelector("[data-signed]").textContent = signed;
    const kept = log.filter((e) => e.state === "kept").length;
    const refused = log.filter((e) => e.state === "refused").length;
    const parts = [];
    if (kept) parts.push(`${kept}条在这部手机上，还没送到${trouble ? `：${trouble}` : ""}`);
    else if (log.length) parts.push("全部已送到");
    if (refused) parts.push(`${refused}条没收，原因在名字旁边`);
    bar.textContent = parts.join("；");
    bar.hidden = !parts.length;
    bar.className = `tap-state${kept ? " text-due" : refused ? " text-bad" : " text-ok"}`;
    sendNow.hidden = !kept;
  };

  let busy = false;
  const send = async () => {
    const due = load().filter((e) => e.state === "kept").slice(0, 200);
    if (busy || !due.length) return paint();
    busy = true;
    let more = false;
    try {
      const hello = await fetch(url, { redirect: "manual", cache: "no-store" });
      if (hello.type === "opaqueredirect" || hello.status === 403) throw new Error("登录已过期，请重新登录，名还在");
      if (!hello.ok) throw new Error("没有收下，等一会儿再送");
      const { token, account: now } = await hello.json();
      if (String(now) !== account) throw new Error("换了账号登录，请用原来的账号送");
      const answer = await fetch(url, {
        method: "POST", redirect: "manual", headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({
          sent_at: new Date().toISOString(), device: device(),
          taps: due.map(({ id, participant, half: h, at, undo, reason: r }) => ({ id, participant, half: h, at, undo, reason: r })),
        }),
      });
      if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).message || "没有收下，等一会儿再送");
      const { at: done, answers } = await answer.json();
      const said = new Map(answers.map((a) => [a.id, a]));
      change((log) => log.forEach((e) => {
        const a = said.get(e.id);
        if (a && e.state === "kept") { e.state = a.kept ? "sent" : "refused"; e.message = a.message; e.done = done; }
      }));
      trouble = "";
      more = true;
    } catch (error) {
      trouble = error instanceof TypeError ? "没有网络，有网自动送" : error.message;
    }
    busy = false;
    paint();
    if (more) send();
  };
  const device = () => {
    try {
      const mine = localStorage.getItem("taps:device") || uuid().slice(0, 4);
      localStorage.setItem("taps:device", mine);
      return `手机${mine}`;
    } catch { return "手机"; }
  };

  root.querySelector("form[method=post]").addEventListener("submit", (e) => {
    const button = e.submitter;
    const li = button && button.closest("[data-who]");
    if (!li) return;
    const undo = button.name === "undo";
    const kept = change((log) => {
      const mine = log.filter((x) => x.participant === Number(li.dataset.who) && x.half === half && x.state !== "refused");
      const before = mine[mine.length - 1];
      if (undo && before && !before.undo && before.state === "kept" && !busy) {
        log.splice(log.indexOf(before), 1);
        return;
      }
      const of = undo ? (before && !before.undo ? before.id : li.dataset.mark) : undefined;
      if (undo && !of) return;
      log.push({
        id: uuid(), participant: Number(li.dataset.who), half, at: new Date().toISOString(), undo: of,
        reason: reason ? reason.value : "", state: "kept",
      });
    });
    if (!kept) return; // this phone keeps nothing: the form goes its ordinary way
    e.preventDefault();
    paint();
    send();
  });

  const box = document.getElementById("tap-q");
  box.form.addEventListener("submit", (e) => e.preventDefault());
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    rows.forEach((li) => {
      const [name, initials] = li.dataset.find.split(" ");
      li.hidden = Boolean(wanted) && !name.includes(wanted) && !initials.startsWith(wanted);
    });
  });

  sendNow.addEventListener("click", send);
  window.addEventListener("online", send);
  window.addEventListener("focus", send);
  window.addEventListener("storage", paint);
  setInterval(() => { if (!document.hidden) send(); }, 20000);
  paint();
  send();

  /* Keep the page itself, so that it opens without network. Needs https, or this very machine. */
  if (!navigator.serviceWorker || !window.caches) return;
  navigator.serviceWorker.register(root.dataset.worker).then(() => caches.open("taps-1")).then((cache) => {
    if (!navigator.onLine) return undefined;
    const pages = [location.pathname, ...Array.from(root.querySelectorAll(".segmented a"), (a) => location.pathname + a.getAttribute("href"))];
    const parts = Array.from(document.querySelectorAll("link[rel=stylesheet], script[src]"), (x) => x.href || x.src);
    return Promise.all([...pages, ...parts, root.dataset.icons].map((one) => fetch(one, { redirect: "manual" })
      .then((r) => (r.ok ? cache.put(one, r) : undefined)).catch(() => undefined)));
  }).then(() => { root.dataset.offline = "ready"; }).catch(() => undefined);
})();
