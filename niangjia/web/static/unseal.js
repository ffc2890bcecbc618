/* Keys of those on duty: made here, opened here. The passphrase never leaves this page. */
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const crypt = window.isSecureContext && window.crypto?.subtle;
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const text64 = (buffer) => { let out = ""; for (const b of new Uint8Array(buffer)) out += String.fromCharCode(b); return btoa(out); };
  const ROUNDS = 600000;
  const OAEP = { name: "RSA-OAEP", hash: "SHA-256" };

  const wrapper = async (passphrase, salt, rounds) => {
    const base = await crypt.importKey("raw", new TextEncoder().encode(passphrase.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
    return crypt.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  };
  const tell = (place, text) => { place.textContent = text || place.textContent; place.hidden = false; };

  const make = $("make-key");
  if (make) {
    make.addEventListener("submit", (event) => {
      if (make.elements.wrapped.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const passphrase = $("first").value;
      if (!crypt) { tell($("key-error"), "这个浏览器或网址不支持加密，请用 https 打开。"); return; }
      if (passphrase.length < 12) { tell($("key-error"), "口令至少12个字。"); return; }
      if (passphrase !== $("second").value) { tell($("key-error"), "两遍口令不一样，请重输。"); return; }
      (async () => {
        const pair = await crypt.generateKey({ name: "RSA-OAEP", modulusLength: 3072, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, true, ["encrypt", "decrypt"]);
        const salt = crypto.getRandomValues(new Uint8Array(16));
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const key = await wrapper(passphrase, salt, ROUNDS);
        const body = await crypt.encrypt({ name: "AES-GCM", iv }, key, await crypt.exportKey("pkcs8", pair.privateKey));
        make.elements.public.value = text64(await crypt.exportKey("spki", pair.publicKey));
        make.elements.wrapped.value = JSON.stringify({ v: 1, salt: text64(salt), iv: text64(iv), rounds: ROUNDS, key: text64(body) });
        $("first").value = $("second").value = "";
        make.submit();
      })();
    }, true);
  }

  const form = $("unseal");
  if (!form) return;
  const LABELS = { facts: "情况", demand: "希望", name: "称呼", phone: "电话", safe_time: "安全联系时间" };

  const open = async (found, passphrase) => {
    for (const one of found.envelope.keys) {
      const mine = found.keys[one.id];
      if (!mine) continue;
      const wrap = await wrapper(passphrase, bytes(mine.salt), mine.rounds);
      const pkcs8 = await crypt.decrypt({ name: "AES-GCM", iv: bytes(mine.iv) }, wrap, bytes(mine.key));
      const secret = await crypt.importKey("pkcs8", pkcs8, OAEP, false, ["decrypt"]);
      const raw = await crypt.decrypt({ name: "RSA-OAEP" }, secret, bytes(one.key));
      const key = await crypt.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
      const text = await crypt.decrypt({ name: "AES-GCM", iv: bytes(found.envelope.iv) }, key, bytes(found.envelope.text));
      return { raw, words: JSON.parse(new TextDecoder().decode(text)) };
    }
    throw new Error("no key");
  };

  const offer = async (found, raw) => {
    const keys = JSON.parse($("seal-keys").textContent);
    const sealed = new Set(found.envelope.keys.map((one) => one.id));
    if (!keys.length || keys.every((one) => sealed.has(one.id))) return;
    const wrapped = [];
    for (const one of keys) {
      const to = await crypt.importKey("spki", bytes(one.public), OAEP, false, ["encrypt"]);
      wrapped.push({ id: one.id, key: text64(await crypt.encrypt({ name: "RSA-OAEP" }, to, raw)) });
    }
    $("reseal").elements.envelope.value = JSON.stringify({ ...found.envelope, keys: wrapped });
    $("reseal").hidden = false;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    $("unseal-error").hidden = true;
    (async () => {
      const token = form.elements.csrfmiddlewaretoken.value;
      const answer = await fetch(form.dataset.url, { method: "POST", headers: { "X-CSRFToken": token } });
      const found = await answer.json();
      const { raw, words } = await open(found, $("passphrase").value);
      $("passphrase").value = "";
      for (const [name, label] of Object.entries(LABELS)) {
        if (!words[name]) continue;
        const title = document.createElement("h3");
        const text = document.createElement("p");
        title.textContent = label;
        text.textContent = words[name];
        $("unsealed").append(title, text);
      }
      $("unsealed").hidden = false;
      form.hidden = true;
      await offer(found, raw);
    })().catch(() => { $("unseal-error").hidden = false; });
  }, true);
})();
