/* The micro-class: go on where one stopped. The place is kept on this phone and sent nowhere; without script all else works. */
(() => {
  "use strict";
  const lesson = document.querySelector("[data-lesson]");
  if (!lesson) return;
  const key = (part) => `lesson:${lesson.dataset.lesson}:${part}`;
  const kept = {
    get: (part) => { try { return Number(localStorage.getItem(key(part))) || 0; } catch { return 0; } },
    set: (part, value) => { try { if (value) localStorage.setItem(key(part), String(value)); else localStorage.removeItem(key(part)); } catch { /* a phone that keeps nothing */ } },
  };
  const told = new Set();
  const tell = (way) => {
    if (told.has(way)) return;
    told.add(way);
    const form = new FormData();
    form.append("way", way);
    if (navigator.sendBeacon) navigator.sendBeacon(lesson.dataset.opened, form);
  };
  const said = (seconds) => `${Math.floor(seconds / 60)}分${String(Math.floor(seconds % 60)).padStart(2, "0")}秒`;

  const player = lesson.querySelector("video, audio");
  if (player) {
    const part = player.dataset.part;
    const button = lesson.querySelector("[data-resume]");
    const from = kept.get(part);
    if (from > 5) {
      button.textContent = `从上次的${said(from)}接着放`;
      button.hidden = false;
      button.addEventListener("click", () => {
        const go = () => { player.currentTime = from; };
        if (player.readyState) go(); else player.addEventListener("loadedmetadata", go, { once: true });
        player.play();
      });
    }
    let last = 0;
    player.addEventListener("play", () => { button.hidden = true; tell(player.dataset.way); });
    player.addEventListener("timeupdate", () => {
      if (Math.abs(player.currentTime - last) < 3) return;
      last = player.currentTime;
      kept.set(part, Math.floor(last));
    });
    player.addEventListener("ended", () => kept.set(part, 0));
  }

  const text = lesson.querySelector("[data-reading]");
  if (text && "IntersectionObserver" in window) {
    const pieces = Array.from(text.children);
    const at = kept.get("text");
    if (at > 1 && pieces[at] && !player) {
      const link = document.createElement("button");
      link.type = "button";
      link.className = "btn btn-plain btn-m";
      link.textContent = "从上次读到的地方接着看";
      link.addEventListener("click", () => { pieces[at].scrollIntoView({ block: "start" }); link.remove(); });
      text.before(link);
    }
    const watch = new IntersectionObserver((entries) => entries.forEach((entry) => {
      const place = pieces.indexOf(entry.target);
      if (!entry.isIntersecting || place < 1) return;
      tell("TEXT");
      kept.set("text", place === pieces.length - 1 ? 0 : place);
    }), { threshold: 1 });
    pieces.forEach((piece) => watch.observe(piece));
  }
})();
