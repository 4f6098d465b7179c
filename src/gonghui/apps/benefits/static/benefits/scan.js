/* The door's phone: camera where the browser reads codes, scanner gun or typing elsewhere; without a network it keeps
   what was read with its time and key, and hands it in later. */
(function () {
  "use strict";
  var root = document.querySelector("[data-scanner]"), told = document.getElementById("scanning");
  if (!root || !told) return;
  var given = JSON.parse(told.textContent), store = "scans:" + given.store;
  var fast = given.now - Date.now(); /* the time of a scan is the platform's, however this phone's clock goes */
  var $ = function (css) { return root.querySelector(css); };
  var answer = $("[data-answer]"), head = $("[data-answer-words]"), more = $("[data-answer-more]");
  var form = $("[data-typed]"), token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  var arrived = document.querySelector("[data-arrived]");

  function fresh() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = bytes[6] & 15 | 64; bytes[8] = bytes[8] & 63 | 128;
    var hex = Array.prototype.map.call(bytes, function (one) { return (one + 256).toString(16).slice(1); }).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }
  function kept() { try { return JSON.parse(localStorage.getItem(store)) || []; } catch (e) { return []; } }
  function keep(rows) { try { localStorage.setItem(store, JSON.stringify(rows)); } catch (e) { return false; } return true; }
  function tell(state, words, rest) {
    answer.setAttribute("data-state", state);
    head.textContent = words;
    more.textContent = rest || "";
    if (navigator.vibrate) navigator.vibrate(state === "ok" ? 80 : [80, 60, 80]);
  }
  function count() {
    var rows = kept();
    $("[data-kept]").hidden = $("[data-kept-acts]").hidden = !rows.length;
    $("[data-kept-count]").textContent = rows.length;
  }
  function post(url, body) {
    return fetch(url, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(body) });
  }
  function later(scan) {
    var rows = kept();
    if (rows.some(function (one) { return one.text === scan.text; })) { tell("wait", "这个码刚扫过", "已经存在本机，恢复网络后上交"); return; }
    rows.push(scan);
    tell("wait", keep(rows) ? "没有网络，先放行" : "没有网络，本机存不下，请记在纸上", "已存" + rows.length + "条，恢复后自动核对，以上交结果为准");
    count();
  }
  function said(told) { tell(told.ok ? "ok" : "bad", told.ok ? told.name + " " + told.words : told.words, told.ok ? told.title + "·" + told.at : told.hint); }

  function countArrived(response) {
    if (response.headers.get("X-Arrived") && arrived) arrived.textContent = response.headers.get("X-Arrived");
    given.listed = response.headers.get("X-Listed") || given.listed; /* a till's page stays open for days */
  }
  var last = "", lastAt = 0, asking = false;
  function read(text, part) {
    text = text.trim();
    if (!text || asking || text === last && Date.now() - lastAt < 3000) return;
    last = text;
    lastAt = Date.now();
    var scan = { text: text, at: new Date(Date.now() + fast).toISOString(), key: fresh(), part: part || 1, listed: given.listed };
    if (!navigator.onLine) { later(scan); return; }
    asking = true;
    post(given.take, scan).then(function (response) {
      countArrived(response);
      if (response.status >= 500 || response.redirected) throw new Error("server");
      return response.json().then(said);
    }).catch(function () { later(scan); }).then(function () { asking = false; });
  }

  /* every scan that was kept hears what came of it */
  var handing = false;
  function handIn() {
    var rows = kept();
    if (!rows.length || handing || !navigator.onLine) return;
    handing = true;
    post(given.merge, { scans: rows }).then(function (response) {
      if (!response.ok || response.redirected) throw new Error("merge");
      countArrived(response);
      return response.json();
    }).then(function (told) {
      var answered = told.scans.map(function (one) { return one.key; });
      keep(kept().filter(function (one) { return answered.indexOf(one.key) < 0; }));
      var list = $("[data-results-list]");
      $("[data-results]").hidden = false;
      told.scans.forEach(function (one) {
        var row = document.createElement("li");
        row.className = one.ok ? "ok" : "bad";
        row.textContent = one.ok ? one.name + "：" + one.words + "（" + one.at + "）" : (one.listed ? "待核对：" : "没有算数：") + one.words + (one.hint ? "，" + one.hint : "");
        list.append(row);
      });
      var good = told.scans.filter(function (one) { return one.ok; }).length;
      tell(good === told.scans.length ? "ok" : "bad", "上交" + told.scans.length + "条，" + good + "条算数", "下面是每一条的结果");
      count();
    }).catch(function () { /* still no network: they stay */ }).then(function () { handing = false; });
  }
  window.addEventListener("online", handIn);
  $("[data-hand-in]").addEventListener("click", handIn);
  setInterval(handIn, 30000);
  setInterval(function () { if (navigator.onLine && !handing) post(given.merge, { scans: [] }).then(countArrived).catch(function () { /* next hour */ }); }, 3600000);

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    var part = form.elements.part ? Number(form.elements.part.value) || 1 : 1;
    read(form.elements.text.value, part);
    form.elements.text.value = "";
    form.elements.text.focus();
  });

  /* a photo works in every browser, WeChat's and the iPhone's too: it is made small here and read by the platform */
  var shot = $("[data-shot]"), shotWords = $("[data-shot-words]");
  function small(file) {
    if (!window.createImageBitmap) return Promise.resolve(file);
    return createImageBitmap(file).then(function (picture) {
      var scale = Math.min(1, 1600 / Math.max(picture.width, picture.height)), canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (done) { canvas.toBlob(function (blob) { done(blob || file); }, "image/jpeg", 0.85); });
    }).catch(function () { return file; });
  }
  shot.addEventListener("change", function () {
    var file = shot.files[0];
    if (!file) return;
    if (!navigator.onLine) { shot.value = ""; tell("bad", "没有网络，照片读不了", "用扫码枪，或输入二维码下面的文字，或记在纸上"); return; }
    shotWords.textContent = "正在读…";
    small(file).then(function (picture) {
      var body = new FormData();
      body.append("photo", picture, "code.jpg");
      return fetch(given.read, { method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token }, body: body });
    }).then(function (response) {
      if (response.status >= 500 || response.redirected) throw new Error("server");
      return response.json();
    }).then(function (told) {
      if (told.ok) read(told.text, form.elements.part ? Number(form.elements.part.value) || 1 : 1);
      else tell("bad", told.words, told.hint);
    }).catch(function () { tell("bad", "照片没有传上去", "再拍一次，或输入二维码下面的文字"); })
      .then(function () { shot.value = ""; shotWords.textContent = "拍二维码"; });
  });

  /* the camera, where the browser itself reads QR codes */
  var button = $("[data-camera]"), video = $("[data-video]"), note = $("[data-camera-note]");
  if (window.BarcodeDetector && navigator.mediaDevices && navigator.mediaDevices.getUserMedia) {
    var detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(function (stream) {
        video.srcObject = stream;
        video.hidden = false;
        button.hidden = true;
        video.play();
        (function watch() {
          if (video.hidden) return;
          detector.detect(video).then(function (found) { if (found.length) read(found[0].rawValue, form.elements.part ? Number(form.elements.part.value) : 1); })
            .catch(function () { /* a frame without a picture */ }).then(function () { setTimeout(watch, 250); });
        })();
      }).catch(function () { note.textContent = "没有得到摄像头许可，改用拍照、扫码枪，或输入二维码下面的文字"; });
    });
  }
  count();
  handIn();
})();
