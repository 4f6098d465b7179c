/* Filling in an application: kept while it is typed, conditions and computed values from the server, files at once.
   Everything works without this script too, by the buttons of the form. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-keeps]"), page = window.gonghui;
  if (!form || !window.fetch) return;
  var body = document.getElementById("form-body"), said = document.querySelector("[data-said]");
  var timer, running = false, again = "", dirty = false, leaving = false;

  function tell(words, bad) {
    if (!said) return;
    said.textContent = words;
    said.classList.toggle("bad", !!bad);
  }

  /* what the server draws replaces the questions; the cursor stays where it was */
  function draw(html, focus) {
    var at = document.activeElement, id = (at && form.contains(at) && at.id) || "", from = null;
    try { from = at.selectionStart; } catch (e) { from = null; }
    body.innerHTML = html;
    var summary = body.querySelector("[data-errors]");
    var target = focus && summary ? summary : id && document.getElementById(id);
    if (!target) return;
    target.focus({ preventScroll: !focus });
    if (from !== null && target.setSelectionRange) { try { target.setSelectionRange(from, from); } catch (e) { /* no text */ } }
  }

  /* after a button of one question the cursor goes on in that question */
  function goOn(verb) {
    var parts = verb.split(":"), box = document.getElementById("f-" + parts[1]);
    if (!box || body.querySelector("[data-errors]")) return;
    var rows = box.querySelectorAll("[role=group]");
    var within = parts[0] === "rows" && rows.length ? rows[rows.length - 1] : box;
    var css = parts[0] === "find" ? "input[type=radio]" : "input:not([type=hidden]),select,textarea,button";
    var target = within.matches("input,select,textarea") ? within : within.querySelector(css);
    if (target) target.focus();
  }

  function send(verb) {
    var files = verb.indexOf("upload:") === 0;
    clearTimeout(timer);
    if (running) { again = verb === "keep" && again ? again : verb; return; }
    running = true;
    dirty = false;
    var data = new FormData(form);
    if (!files) Array.from(data.keys()).forEach(function (name) { if (data.get(name) instanceof File) data.delete(name); });
    data.set("do", verb);
    if (verb !== "keep") form.setAttribute("aria-busy", "true");
    fetch(form.dataset.keeps, { method: "POST", body: data, credentials: "same-origin", headers: { "X-Part": "1" } })
      .then(function (answer) {
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (told) {
        tell(told.said);
        Object.keys(told.computed).forEach(function (id) {
          var place = document.getElementById(id);
          if (place && place.textContent !== told.computed[id]) place.textContent = told.computed[id];
        });
        if (told.body && !(verb === "keep" && dirty)) {
          draw(told.body, verb !== "keep");
          if (verb !== "keep") goOn(verb);
        } else if (told.body) again = "keep";
      })
      .catch(function () {
        tell("还没有存上，联网后会再存", true);
        if (verb !== "keep") page.toast("网络不稳，这一步没有做成，再按一次", true);
        dirty = true;
        timer = setTimeout(function () { send("keep"); }, 15000);
      })
      .then(function () {
        running = false;
        form.removeAttribute("aria-busy");
        var next = again;
        again = "";
        if (next && !leaving) send(next);
      });
  }

  function later(wait) {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(function () { if (!leaving) send("keep"); }, wait);
  }

  form.addEventListener("input", function (event) { if (event.target.type !== "file" && !event.target.dataset.find) later(3000); });
  form.addEventListener("change", function (event) {
    var field = event.target;
    if (field.dataset.upload) { tell("正在上传"); send("upload:" + field.dataset.upload); return; }
    if (!field.dataset.find) later(150);
  });
  form.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !event.target.dataset.find) return;
    event.preventDefault();
    send("find:" + event.target.dataset.find);
  });
  form.addEventListener("submit", function (event) {
    var button = event.submitter, verb = (button && button.name === "do" && button.value) || "";
    if (!verb || verb === "keep") { leaving = true; clearTimeout(timer); setTimeout(function () { leaving = false; }, 8000); return; }
    event.preventDefault();
    send(verb);
  });
  document.addEventListener("visibilitychange", function () { if (document.hidden && dirty && !leaving) send("keep"); });

  form.addEventListener("click", function (event) {
    var button = event.target.closest("[data-locate]");
    if (!button) return;
    if (!navigator.geolocation) { page.toast("这台设备没有定位，写地址就行", true); return; }
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(function (found) {
      var field = document.getElementById(button.dataset.locate), where = found.coords;
      field.value = (field.value ? field.value + " " : "") + "（北纬" + where.latitude.toFixed(5) + "，东经" + where.longitude.toFixed(5) + "）";
      button.removeAttribute("aria-busy");
      later(150);
    }, function () { button.removeAttribute("aria-busy"); page.toast("没有取得位置，写地址就行", true); }, { timeout: 10000, maximumAge: 60000 });
  });
})();
