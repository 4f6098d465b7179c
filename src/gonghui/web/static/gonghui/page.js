/* Small helpers of every page: look switch, toasts, menus, dialogs, drafts kept on the device, unsaved-work warning. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  var page = (window.gonghui = {});
  var all = function (css, from) { return Array.prototype.slice.call((from || document).querySelectorAll(css)); };
  page.all = all;

  /* toasts */
  var CLOSE = '<svg class="i i-s" viewBox="0 0 20 20" aria-hidden="true"><path d="m5.5 5.5 9 9M14.5 5.5l-9 9"/></svg>';
  function settle(toast) {
    /* one that offers something (撤销) or reports a fault stays until it is closed */
    if (toast.getAttribute("role") === "alert" || toast.querySelector("a,form")) return;
    var timer;
    function start() { timer = setTimeout(function () { toast.remove(); }, 8000); }
    toast.addEventListener("mouseenter", function () { clearTimeout(timer); });
    toast.addEventListener("focusin", function () { clearTimeout(timer); });
    toast.addEventListener("mouseleave", start);
    start();
  }
  page.toast = function (words, bad) {
    var box = document.getElementById("toasts");
    if (!box || !words) return;
    var toast = document.createElement("div");
    toast.className = "toast" + (bad ? " toast-bad" : "");
    toast.setAttribute("role", bad ? "alert" : "status");
    var text = document.createElement("span");
    text.textContent = words;
    var close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-i";
    close.setAttribute("aria-label", "关闭提示");
    close.setAttribute("data-dismiss", "");
    close.innerHTML = CLOSE;
    toast.append(text, close);
    box.append(toast);
    settle(toast);
  };
  all("[data-toast]").forEach(settle);

  /* size and colour without a reload; the server reads the same cookie next time */
  function look(pair) {
    var at = pair.indexOf("="), name = pair.slice(0, at), value = pair.slice(at + 1);
    document.cookie = name + "=" + value + ";path=/;max-age=34560000;samesite=lax" + (location.protocol === "https:" ? ";secure" : "");
    if (value === "std" || value === "auto") root.removeAttribute("data-" + name);
    else root.setAttribute("data-" + name, value);
    all('[data-look^="' + name + '="]').forEach(function (link) {
      if (name !== "theme") return;
      if (link.dataset.look === pair) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }

  /* dialogs give the focus back to where it came from */
  var from = null;
  page.open = function (dialog) {
    if (dialog.open) return;
    from = document.activeElement;
    dialog.showModal ? dialog.showModal() : dialog.setAttribute("open", "");
    var first = dialog.querySelector("[autofocus],input:not([type=hidden]),select,textarea,.btn");
    if (first) first.focus();
  };
  page.close = function (dialog) { dialog.close ? dialog.close() : dialog.removeAttribute("open"); };
  document.addEventListener("close", function (event) {
    if (event.target.id === "dialog") event.target.textContent = "";
    if (from && document.contains(from)) from.focus();
    from = null;
  }, true);

  document.addEventListener("click", function (event) {
    var hit = function (css) { return event.target.closest(css); };
    var el;
    if ((el = hit("[data-look]")) && !event.ctrlKey && !event.metaKey) { event.preventDefault(); look(el.dataset.look); }
    if ((el = hit("[data-dismiss]"))) el.closest(".toast").remove();
    if ((el = hit("[data-opens]"))) page.open(document.getElementById(el.dataset.opens));
    if ((el = hit("dialog [data-closes]"))) { event.preventDefault(); page.close(el.closest("dialog")); }
    if (event.target.nodeName === "DIALOG" && event.target.open) page.close(event.target);
    if (hit("[data-back]")) history.length > 1 ? history.back() : (location.href = "/");
    if (hit("[data-reload]")) location.reload();
    if (hit("[data-print]")) window.print();
    if ((el = hit("[data-unfold]"))) unfold(el);
    if ((el = hit("[data-copy]"))) copy(new URL(el.dataset.copy, location.href).href, el);
    all("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target) || hit(".menu-box [data-opens]")) menu.removeAttribute("open");
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var menu = document.activeElement && document.activeElement.closest("details.menu[open]");
    if (menu) { menu.removeAttribute("open"); menu.querySelector("summary").focus(); event.preventDefault(); }
    if (location.hash === "#side") { location.hash = "#main"; event.preventDefault(); }
  });

  /* the long table of a card, of which a phone shows the first rows */
  function unfold(el) {
    var table = el.closest(".card").querySelector(".folded");
    table.classList.remove("folded");
    el.parentNode.remove();
    table.rows[6].cells[0].tabIndex = -1;
    table.rows[6].cells[0].focus();
  }

  function copy(text, el) {
    var done = function () { page.toast(el.dataset.copied || "已复制链接"); };
    if (navigator.clipboard && isSecureContext) { navigator.clipboard.writeText(text).then(done); return; }
    var area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    if (document.execCommand("copy")) done();
    area.remove();
    el.focus();
  }

  /* forms: the summary of what to mend takes the focus; unsaved work warns; a draft stays on this device */
  var summary = document.querySelector("[data-errors]");
  if (summary) summary.focus();
  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-errors] a");
    var target = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!target) return;
    event.preventDefault();
    (target.matches("fieldset") ? target.querySelector("input") || target : target).focus();
  });

  var sending = false;
  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (form && form.matches("[data-guard]")) form.dataset.dirty = "1";
  });
  document.addEventListener("submit", function () { sending = true; setTimeout(function () { sending = false; }, 4000); });
  window.addEventListener("beforeunload", function (event) {
    if (!sending && document.querySelector("form[data-dirty]")) { event.preventDefault(); event.returnValue = ""; }
  });
  document.addEventListener("submit", function (event) {
    /* a second press while the first is on its way */
    var form = event.target, button = event.submitter;
    if (event.defaultPrevented || !button || form.method !== "post" || button.hasAttribute("hx-post") || form.hasAttribute("hx-post")) return;
    if (button.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
    button.setAttribute("aria-busy", "true");
    setTimeout(function () { button.removeAttribute("aria-busy"); }, 8000);
  });
  window.addEventListener("pageshow", function () { all(".btn[aria-busy=true]:not([data-busy])").forEach(function (b) { b.removeAttribute("aria-busy"); }); });

  /* A draft never holds what identifies or exposes a person: such fields are marked data-personal, and the kinds below never enter. */
  var NEVER = /^(password|file|hidden|tel|email)$/;
  var PERSONAL = /name|tel|phone|mobile|email|bday|address|id_?number|idno|card|bank|account|one-time|cc-/i;
  var prefix = "draft:";
  function keepable(el) {
    return el.name && !NEVER.test(el.type) && !el.closest("[data-personal]") &&
      !PERSONAL.test(el.autocomplete && el.autocomplete !== "off" && el.autocomplete !== "on" ? el.autocomplete : "") && !PERSONAL.test(el.name);
  }
  function fields(form) { return all("input,select,textarea").filter(function (el) { return el.form === form && keepable(el); }); }
  function load(key) { try { return JSON.parse(localStorage.getItem(prefix + key)); } catch (e) { return null; } }
  function drop(key) { try { localStorage.removeItem(prefix + key); } catch (e) { /* storage refused */ } }
  function save(form) {
    var kept = { at: Date.now(), values: {} };
    fields(form).forEach(function (el) {
      if (el.type === "checkbox" || el.type === "radio") { if (el.checked) (kept.values[el.name] = kept.values[el.name] || []).push(el.value); }
      else if (el.value) kept.values[el.name] = [el.value];
    });
    try { localStorage.setItem(prefix + form.dataset.draft, JSON.stringify(kept)); } catch (e) { /* storage refused or full */ }
  }
  function given(el) {
    if (el.nodeName !== "SELECT") return el.defaultValue;
    var first = all("option", el).filter(function (option) { return option.defaultSelected; })[0] || el.options[0];
    return first ? first.value : "";
  }
  function restore(form, kept) {
    var used = 0;
    fields(form).forEach(function (el) {
      var values = kept.values[el.name];
      if (!values) return;
      if (el.type === "checkbox" || el.type === "radio") { if (el.checked !== values.indexOf(el.value) >= 0) { el.checked = !el.checked; used++; } }
      else if (el.value === given(el) && el.value !== values[0] && (!el.value || el.nodeName === "SELECT")) { el.value = values[0]; used++; }
    });
    if (!used) return;
    form.dataset.dirty = "1";
    var when = new Date(kept.at), two = function (n) { return (n < 10 ? "0" : "") + n; };
    var note = document.createElement("p");
    note.className = "note";
    note.setAttribute("role", "status");
    var text = document.createElement("span");
    text.textContent = "已填回" + (when.getMonth() + 1) + "月" + when.getDate() + "日" + two(when.getHours()) + ":" + two(when.getMinutes()) + "没有提交的内容。";
    var clear = document.createElement("button");
    clear.type = "button";
    clear.className = "btn btn-plain btn-s";
    clear.textContent = "不要这份内容";
    clear.addEventListener("click", function () { drop(form.dataset.draft); delete form.dataset.dirty; form.reset(); note.remove(); });
    note.append(text, clear);
    form.prepend(note);
  }
  var sent;
  try { sent = sessionStorage.getItem("draft-sent"); sessionStorage.removeItem("draft-sent"); } catch (e) { sent = null; }
  if (sent && !document.querySelector('form[data-draft="' + CSS.escape(sent) + '"]')) drop(sent);
  all("form[data-draft]").forEach(function (form) {
    var key = form.dataset.draft, kept = load(key), timer;
    if (kept && Date.now() - kept.at > 14 * 864e5) { drop(key); kept = null; }
    if (kept && !form.querySelector("[aria-invalid]")) restore(form, kept);
    form.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(function () { save(form); }, 400); });
    form.addEventListener("submit", function () { save(form); try { sessionStorage.setItem("draft-sent", key); } catch (e) { /* refused */ } });
  });

  /* logging out leaves nothing of this person on a shared computer */
  document.addEventListener("submit", function (event) {
    if (!/logout/.test(event.target.getAttribute("action") || "")) return;
    try { Object.keys(localStorage).forEach(function (key) { if (key.indexOf(prefix) === 0) localStorage.removeItem(key); }); } catch (e) { /* refused */ }
  });

  /* file drop zones */
  all("[data-drop]").forEach(function (zone) {
    var input = zone.querySelector("input[type=file]");
    ["dragenter", "dragover"].forEach(function (name) { zone.addEventListener(name, function (e) { e.preventDefault(); zone.classList.add("over"); }); });
    ["dragleave", "drop"].forEach(function (name) { zone.addEventListener(name, function (e) { e.preventDefault(); zone.classList.remove("over"); }); });
    zone.addEventListener("drop", function (e) { input.files = e.dataTransfer.files; input.dispatchEvent(new Event("change", { bubbles: true })); });
  });
})();
