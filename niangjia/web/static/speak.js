/* The line's pages: sealing what she wrote before it leaves her phone, and leaving no trace of the page of her answer. */
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const read = (id) => JSON.parse($(id)?.textContent || "[]");
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const text64 = (buffer) => { let out = ""; for (const b of new Uint8Array(buffer)) out += String.fromCharCode(b); return btoa(out); };

  if (document.querySelector("[data-forget]")) history.replaceState(null, "", "/");

  const form = document.querySelector("form[data-seal]");
  if (!form) return;
  const crypt = window.isSecureContext && window.crypto?.subtle;
  const keys = read("seal-keys");
  const HIDDEN = ["facts", "demand", "name", "phone", "safe_time"];
  if (crypt && keys.length) { $("seal-row").hidden = false; }

  const seal = async () => {
    const words = Object.fromEntries(HIDDEN.map((name) => [name, form.elements[name].value]));
    const key = await crypt.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const body = await crypt.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(words)));
    const raw = await crypt.exportKey("raw", key);
    const wrapped = [];
    for (const one of keys) {
      const open = await crypt.importKey("spki", bytes(one.public), { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"]);
      wrapped.push({ id: one.id, key: text64(await crypt.encrypt({ name: "RSA-OAEP" }, open, raw)) });
    }
    form.elements.sealed.value = JSON.stringify({ v: 1, iv: text64(iv), text: text64(body), keys: wrapped });
    for (const name of HIDDEN) { form.elements[name].required = false; form.elements[name].value = ""; }
  };

  form.addEventListener("submit", (event) => {
    if (!$("seal-on").checked || form.elements.sealed.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const facts = form.elements.facts.value;
    for (const name of ["facts", "topic"]) form.elements[name].required = true;
    for (const radio of form.elements.danger) radio.required = true;
    if (!form.reportValidity()) return;
    const alarming = form.elements.danger.value === "yes" || read("danger-words").some((word) => facts.replace(/\s/g, "").includes(word));
    if (alarming && !form.elements.sure.value) {
      form.elements.sure.value = "1";
      $("danger-ask").hidden = false;
      $("danger-ask").scrollIntoView({ block: "start" });
      return;
    }
    seal().then(() => form.submit());
  }, true);
})();
