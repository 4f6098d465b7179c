/* Staff pages: keyboard, lists (filters, selection, expansion), bulk questions, faults of partial refreshes. */
(function () {
  "use strict";
  var page = window.gonghui, all = page.all;
  var $ = function (css, from) { return (from || document).querySelector(css); };
  var htmx = window.htmx;

  /* filters send themselves; a Chinese input method is left to finish its word first */
  var timer, composing = false;
  function refresh(form) {
    if (!form || !form.matches("[data-filters]")) return;
    if (!htmx) { form.submit(); return; }
    htmx.trigger(form, "refresh");
  }
  document.addEventListener("compositionstart", function () { composing = true; });
  document.addEventListener("compositionend", function (event) { composing = false; later(event); });
  document.addEventListener("input", later);
  function later(event) {
    if (composing || !event.target.matches("[data-search],[data-filters] input[list]")) return;
    clearTimeout(timer);
    timer = setTimeout(function () { refresh(event.target.form); }, 350);
  }
  document.addEventListener("change", function (event) {
    var el = event.target;
    if (el.form && el.form.matches("[data-filters]") && !el.matches("[data-search]")) { clearTimeout(timer); refresh(el.form); }
  });
  document.addEventListener("input", function (event) {
    var el = event.target, url = el.dataset && el.dataset.suggest;
    if (!url || !htmx || composing || !el.value.trim()) return;
    clearTimeout(el.suggesting);
    el.suggesting = setTimeout(function () {
      htmx.ajax("GET", url + (url.indexOf("?") < 0 ? "?" : "&") + "q=" + encodeURIComponent(el.value), { target: "#" + el.getAttribute("list"), swap: "innerHTML" });
    }, 200);
  });

  /* selection */
  function boxes(list) { return all("tbody .pickcol input", list); }
  function show(list) {
    var bar = $("[data-bulk]", list);
    if (!bar) return;
    var ticks = boxes(list), on = ticks.filter(function (box) { return box.checked; }).length;
    var whole = $("[data-all]", bar).value === "1", unit = list.dataset.unit;
    var total = Number($("[data-total]", list).dataset.total);
    ticks.forEach(function (box) { box.closest("tr").setAttribute("aria-selected", box.checked); });
    bar.classList.toggle("on", on > 0);
    $("[data-picked]", bar).textContent = whole ? "已选全部" + total.toLocaleString("zh-CN") + unit : "已选" + on + unit;
    var every = $("[data-pick-all]", bar);
    if (every) every.hidden = whole;
    var head = $("[data-pick-page]", list);
    if (!head) return;
    head.checked = on > 0 && on === ticks.length;
    head.indeterminate = on > 0 && on < ticks.length;
  }
  function unpick(list) {
    $("[data-all]", list).value = "0";
    boxes(list).forEach(function (box) { box.checked = false; });
    show(list);
  }
  var last = null;
  document.addEventListener("change", function (event) {
    var el = event.target, list = el.closest("[data-list]");
    if (!list || !el.closest(".pickcol")) return;
    $("[data-all]", list).value = "0";
    if (el.matches("[data-pick-page]")) boxes(list).forEach(function (box) { box.checked = el.checked; });
    show(list);
  });
  document.addEventListener("click", function (event) {
    var el = event.target, list = el.closest("[data-list]");
    if (!list) return;
    if (el.matches("tbody .pickcol input")) {
      var ticks = boxes(list), at = ticks.indexOf(el), before = ticks.indexOf(last);
      if (event.shiftKey && before >= 0) {
        ticks.slice(Math.min(at, before), Math.max(at, before) + 1).forEach(function (box) { box.checked = el.checked; });
        show(list);
      }
      last = el;
    }
    if (el.closest("[data-pick-all]")) {
      boxes(list).forEach(function (box) { box.checked = true; });
      $("[data-all]", list).value = "1";
      show(list);
    }
    if (el.closest("[data-unpick]")) unpick(list);
    if ((el = el.closest("[data-more]"))) expand(el);
  });
  document.addEventListener("click", function (event) {
    var up = event.target.closest("[data-up]"), row = up && up.closest("li");
    if (row && row.previousElementSibling) { row.parentNode.insertBefore(row, row.previousElementSibling); up.focus(); }
  });

  /* a row's details below it */
  function expand(button) {
    var row = button.closest("tr"), open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    button.setAttribute("aria-label", button.getAttribute("aria-label").replace(open ? "收起" : "展开", open ? "展开" : "收起"));
    if (open) { row.nextElementSibling.remove(); return; }
    var more = document.createElement("tr"), cell = document.createElement("td");
    more.className = "more";
    cell.colSpan = Number(button.dataset.width);
    cell.textContent = "正在读取";
    more.append(cell);
    row.after(more);
    htmx.ajax("GET", button.dataset.more, { target: cell, swap: "innerHTML" });
  }

  /* keyboard */
  function rows() { return all("[data-list] [data-row]"); }
  function step(by) {
    var list = rows();
    if (!list.length) return;
    var at = list.indexOf(document.activeElement.closest("[data-row]"));
    var next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  function typing(el) { return el.matches("input:not([type=checkbox]):not([type=radio]),select,textarea,[contenteditable]"); }
  document.addEventListener("keydown", function (event) {
    var el = document.activeElement || document.body;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      var find = document.getElementById("find");
      if (find) { find.focus(); find.select(); }
      return;
    }
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (typing(el)) { el.blur(); return; }
      if (!$("dialog[open]")) all("[data-list]").forEach(function (list) { if ($("[data-bulk].on", list)) unpick(list); });
      return;
    }
    if (typing(el) || $("dialog[open]")) return;
    var row = el.closest("[data-row]"), done = true;
    switch (event.key) {
      case "/": if ($("[data-search]")) { $("[data-search]").focus(); $("[data-search]").select(); } else done = false; break;
      case "j": case "J": step(1); break;
      case "k": case "K": step(-1); break;
      case "x": case "X": var box = row && $(".pickcol input", row); if (box) box.click(); else done = false; break;
      case "Enter": if (row && el === row && row.dataset.url) location.href = row.dataset.url; else done = false; break;
      case "?": page.open(document.getElementById("keys")); break;
      default:
        /* a page gives a button its own key: data-key="A" */
        var button = /^[a-z]$/i.test(event.key) && $('[data-key="' + event.key.toUpperCase() + '"]');
        if (button) button.click(); else done = false;
    }
    if (done) event.preventDefault();
  });

  /* questions open in the dialog; after a refresh the bars are counted anew */
  document.addEventListener("htmx:afterSwap", function (event) {
    var target = event.detail.target;
    if (target.id === "dialog" && target.childElementCount) {
      page.open(target);
      var wrong = $("[aria-invalid]", target);
      if (wrong) wrong.focus();
    }
    all("[data-list]").forEach(show);
  });
  document.addEventListener("htmx:beforeRequest", function (event) {
    var button = event.detail.elt;
    if (button.matches(".btn")) button.setAttribute("aria-busy", "true");
  });
  document.addEventListener("htmx:afterRequest", function (event) { event.detail.elt.removeAttribute("aria-busy"); });
  document.addEventListener("htmx:responseError", function (event) {
    var xhr = event.detail.xhr, plain = /^text\/plain/.test(xhr.getResponseHeader("Content-Type") || "");
    page.toast(plain ? xhr.responseText : "这一步没有完成，稍等一分钟再试", true);
  });
  ["htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function () { page.toast("网络中断，页面上的内容还在，恢复后再试一次", true); });
  });
  all("[data-list]").forEach(show);
})();
