/* Niangjia: small helps. Every page works without them. */
(() => {
  "use strict";
  const $ = (s, root = document) => root.querySelector(s);
  const $$ = (s, root = document) => Array.from(root.querySelectorAll(s));
  const on = (type, handler, options) => document.addEventListener(type, handler, options);
  const make = (tag, props, ...children) => {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  };

  /* Keys: / search, g i inbox, j k rows, Enter opens, ? help, Esc leaves. */
  let gAt = 0;
  const typing = (t) => t.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName);
  const go = (step) => {
    const rows = $$("main tbody tr, [data-rows] > li").filter((r) => r.offsetParent && $("a[href]", r));
    if (!rows.length) return;
    const at = rows.findIndex((r) => r.classList.contains("is-at"));
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1);
    rows.forEach((r) => r.classList.remove("is-at"));
    rows[next].classList.add("is-at");
    $("a[href]", rows[next]).focus();
    rows[next].scrollIntoView({ block: "nearest" });
  };
  on("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (e.key === "Escape") {
      if (typing(e.target)) e.target.blur();
      $$("details.menu[open]").forEach((d) => { d.open = false; $("summary", d).focus(); });
      if (location.hash === "#rooms") location.hash = "main";
      return;
    }
    if (typing(e.target) || $("dialog[open]")) return;
    const g = e.timeStamp - gAt < 1200;
    gAt = 0;
    if (e.key === "/") {
      const box = $("#site-search") || $("input[type=search]");
      if (!box) return;
      e.preventDefault();
      box.focus();
      box.select();
    } else if (e.key === "g") gAt = e.timeStamp;
    else if (g && e.key === "i") {
      const inbox = $("[data-inbox]") || $(".rooms li a");
      if (inbox) inbox.click();
    } else if (e.key === "j") go(1);
    else if (e.key === "k") go(-1);
    else if (e.key === "?") open($("#keys-help"));
  });

  /* Dialogs */
  const open = (d) => { if (d && d.showModal && !d.open) d.showModal(); };
  on("click", (e) => {
    const link = e.target.closest("[data-dialog]");
    const box = link && document.getElementById(link.dataset.dialog);
    if (box && box.showModal) { e.preventDefault(); open(box); }
    if (e.target.matches("dialog")) {
      const r = e.target.getBoundingClientRect();
      if (e.clientX < r.left || e.clientX > r.right || e.clientY < r.top || e.clientY > r.bottom) e.target.close();
    }
    $$("details.menu[open]").forEach((d) => { if (!d.contains(e.target)) d.open = false; });
  });

  /* Ask before a button with data-confirm. */
  const ask = (text) => new Promise((answer) => {
    const yes = make("button", { className: "btn btn-primary btn-m", value: "yes", textContent: "确定" });
    const no = make("button", { className: "btn btn-plain btn-m", value: "no", textContent: "取消", autofocus: true });
    const title = make("h2", { id: "ask-title", textContent: text });
    const box = make("dialog", { className: "dialog" },
      make("form", { method: "dialog" }, title, make("div", { className: "dialog-actions" }, no, yes)));
    box.setAttribute("aria-labelledby", "ask-title");
    box.addEventListener("close", () => { answer(box.returnValue === "yes"); box.remove(); });
    document.body.append(box);
    open(box);
  });
  on("click", (e) => {
    const button = e.target.closest("[data-confirm]");
    if (!button || button.dataset.sure || !window.HTMLDialogElement) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    ask(button.dataset.confirm).then((sure) => {
      if (!sure) return;
      button.dataset.sure = "1";
      button.click();
      delete button.dataset.sure;
    });
  }, true);

  /* A form goes once; changes not sent are not lost by accident. */
  let dirty = false;
  on("input", (e) => { if (e.target.closest("form[data-guard]")) dirty = true; });
  window.addEventListener("beforeunload", (e) => { if (dirty) { e.preventDefault(); e.returnValue = ""; } });
  on("submit", (e) => {
    const form = e.target;
    if (form.method !== "post" || e.defaultPrevented) return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    dirty = false;
    form.dataset.sent = "1";
    const files = $$("input[type=file]", form).some((i) => i.files.length);
    if (files && window.FormData && !form.matches("[hx-post]")) { e.preventDefault(); send(form, e.submitter); }
    if (e.submitter) {
      e.submitter.classList.add("is-busy");
      e.submitter.setAttribute("aria-disabled", "true");
    }
  });
  const ready = (form) => {
    delete form.dataset.sent;
    $$(".is-busy", form).forEach((b) => { b.classList.remove("is-busy"); b.removeAttribute("aria-disabled"); });
  };
  window.addEventListener("pageshow", (e) => { if (e.persisted) $$("form[data-sent]").forEach(ready); });
  on("htmx:afterRequest", (e) => { const form = e.target.closest("form"); if (form) ready(form); });

  /* Upload with progress: the same request the browser would make, and the same page afterwards. */
  const send = (form, submitter) => {
    const data = new FormData(form);
    if (submitter && submitter.name) data.append(submitter.name, submitter.value);
    const bar = make("progress", { max: 1, value: 0 });
    bar.setAttribute("aria-label", "上传进度");
    ($("[data-upload]", form) || form).append(bar);
    const request = new XMLHttpRequest();
    request.open("POST", (submitter && submitter.getAttribute("formaction")) || form.getAttribute("action") || location.href);
    request.upload.onprogress = (e) => { if (e.lengthComputable) bar.value = e.loaded / e.total; };
    request.onload = () => {
      history.replaceState(null, "", request.responseURL || location.href);
      document.open();
      document.write(request.responseText);
      document.close();
    };
    request.onerror = () => {
      bar.remove();
      ready(form);
      form.prepend(make("p", { className: "alert alert-bad", role: "alert", textContent: "网络断了，没有传上去。请检查网络后再点一次。" }));
    };
    request.send(data);
  };
  const size = (n) => n < 1e6 ? Math.ceil(n / 1024) + " KB" : (n / 1048576).toFixed(1) + " MB";
  on("change", (e) => {
    const field = e.target.matches("input[type=file]") && e.target.closest("[data-upload]");
    if (!field) return;
    const list = $("[data-upload-list]", field);
    $$("[data-new]", list).forEach((li) => li.remove());
    Array.from(e.target.files).forEach((file) => {
      const li = make("li", {}, make("div", {}, file.name + " ", make("span", { className: "muted", textContent: size(file.size) + "，待上传" })));
      li.dataset.new = "";
      if (/^image\//.test(file.type)) {
        const image = make("img", { alt: "", src: URL.createObjectURL(file) });
        image.onload = () => URL.revokeObjectURL(image.src);
        li.prepend(image);
      }
      list.append(li);
    });
  });

  /* Leave at once, with no way back to this page. */
  on("click", (e) => {
    const link = e.target.closest("[data-leave]");
    if (link) { e.preventDefault(); location.replace(link.href); }
  });

  /* Copy */
  const dress = (root) => { if (navigator.clipboard) $$("[data-copy]", root).forEach((b) => { b.hidden = false; }); };
  on("click", (e) => {
    const button = e.target.closest("[data-copy]");
    if (!button) return;
    const label = $("span", button);
    const before = label.textContent;
    navigator.clipboard.writeText(button.dataset.copy).then(() => {
      label.textContent = "已复制";
      setTimeout(() => { label.textContent = before; }, 1500);
    });
  });
  on("htmx:load", (e) => dress(e.target));
  dress(document);
  const errors = $("body:not(.gallery) #errors");
  if (errors) errors.focus();
})();
