/* Keeps the roll call page and what it is made of, and nothing else of the site. */
const NAME = "taps-1";
const PAGE = /^\/desk\/sessions\/\d+\/tap\/$/;
const PATIENCE = 4000; // milliseconds a weak network has before the kept page is shown

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(
  caches.keys()
    .then((names) => Promise.all(names.filter((n) => n.startsWith("taps-") && n !== NAME).map((n) => caches.delete(n))))
    .then(() => self.clients.claim()),
));

const forget = async (cache) => {
  const kept = await cache.keys();
  await Promise.all(kept.filter((r) => PAGE.test(new URL(r.url).pathname)).map((r) => cache.delete(r)));
};

const answer = async (request, isPage) => {
  const cache = await caches.open(NAME);
  const kept = await cache.match(request);
  const asked = fetch(request).then(async (response) => {
    if (isPage && (response.type === "opaqueredirect" || response.redirected)) await forget(cache);
    else if (response.ok) await cache.put(request, response.clone());
    return response;
  });
  if (!kept) return asked;
  const late = new Promise((done) => { setTimeout(() => done(kept), PATIENCE); });
  return Promise.race([asked.catch(() => kept), late]);
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const isPage = request.mode === "navigate" && PAGE.test(url.pathname);
  if (isPage || url.pathname.startsWith("/static/")) event.respondWith(answer(request, isPage));
});
