/* A secret vote: a random token is hashed and blinded here, the union signs what it cannot read, the vote goes out
   without the session. The token stays on this device, apart for each delegate who votes on it; who has it can find the vote when all are
   published. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-vote]"), told = document.getElementById("voting");
  if (!form || !told || typeof BigInt === "undefined" || !window.crypto || !crypto.getRandomValues) return;
  var given = JSON.parse(told.textContent), N = BigInt("0x" + given.modulus), E = 65537n, place = "ballot:" + given.ballot + ":" + given.seat;
  var say = document.querySelector("[data-say]"), kept = document.querySelector("[data-receipt]"), go = document.querySelector("[data-go]");

  /* SHA-256, because a browser hides its own where the address is not https */
  var K = (function () {
    var made = [], n = 2, root = function (p, k) { return (Math.pow(p, 1 / k) % 1) * 4294967296 | 0; };
    while (made.length < 64) { for (var f = 2, prime = true; f * f <= n; f++) if (n % f === 0) { prime = false; break; } if (prime) made.push([root(n, 3), root(n, 2)]); n++; }
    return { k: made.map(function (x) { return x[0]; }), h: made.slice(0, 8).map(function (x) { return x[1]; }) };
  })();
  function sha256(bytes) {
    var h = K.h.slice(), w = new Int32Array(64), size = bytes.length, full = new Uint8Array(((size + 8 >> 6) + 1) * 64), view = new DataView(full.buffer);
    full.set(bytes); full[size] = 128; view.setUint32(full.length - 4, size * 8);
    for (var at = 0; at < full.length; at += 64) {
      for (var i = 0; i < 64; i++) {
        if (i < 16) w[i] = view.getInt32(at + i * 4);
        else { var x = w[i - 15], y = w[i - 2]; w[i] = w[i - 16] + w[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10); }
      }
      var s = h.slice();
      for (i = 0; i < 64; i++) {
        var a = s[0], e = s[4];
        var one = s[7] + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & s[5] ^ ~e & s[6]) + K.k[i] + w[i] | 0;
        var two = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & s[1] ^ a & s[2] ^ s[1] & s[2]) | 0;
        s = [one + two | 0, a, s[1], s[2], s[3] + one | 0, e, s[5], s[6]];
      }
      h = h.map(function (v, j) { return v + s[j] | 0; });
    }
    var out = new Uint8Array(32), told = new DataView(out.buffer);
    h.forEach(function (v, j) { told.setInt32(j * 4, v); });
    return out;
  }
  function hex(bytes) { return Array.prototype.map.call(bytes, function (b) { return (b + 256).toString(16).slice(1); }).join(""); }
  function random(size) { return crypto.getRandomValues(new Uint8Array(size)); }
  function power(base, exponent) { var made = 1n; for (base %= N; exponent > 0n; exponent >>= 1n) { if (exponent & 1n) made = made * base % N; base = base * base % N; } return made; }
  function inverse(a) { var r = N, s = a, x = 0n, y = 1n; while (s) { var q = r / s; var t = r - q * s; r = s; s = t; t = x - q * y; x = y; y = t; } return r === 1n ? (x % N + N) % N : 0n; }
  function digest(token) {
    var bits = N.toString(2).length, size = bits + 7 >> 3, seed = Array.from(new TextEncoder().encode("gonghui-ballot|" + given.ballot + "|" + token)), text = "";
    for (var n = 0; text.length < size * 2; n++) text += hex(sha256(Uint8Array.from(seed.concat([n >>> 24, n >>> 16 & 255, n >>> 8 & 255, n & 255]))));
    return BigInt("0x" + text.slice(0, size * 2)) & (1n << BigInt(bits - 1)) - 1n;
  }

  function load() { try { return JSON.parse(localStorage.getItem(place) || "null"); } catch (e) { return null; } }
  function store(value) { try { value ? localStorage.setItem(place, JSON.stringify(value)) : localStorage.removeItem(place); return true; } catch (e) { return false; } }
  function words(text, bad) { say.hidden = !text; say.textContent = text || ""; say.className = "note" + (bad ? " note-bad" : ""); }
  function busy(on) { if (on) { go.setAttribute("aria-busy", "true"); go.setAttribute("data-busy", ""); } else { go.removeAttribute("aria-busy"); go.removeAttribute("data-busy"); } }

  function fresh() {
    var r = 0n;
    while (r < 2n || r >= N || !inverse(r)) r = BigInt("0x" + hex(random(N.toString(16).length + 1 >> 1))) % N;
    return { token: hex(random(32)), factor: r.toString(16) };
  }
  /* token and factor are kept before they are sent: when the answer is lost, the same request gets the same answer */
  function ballot() {
    var mine = load();
    if (mine && mine.signature) return Promise.resolve(mine);
    if (!mine) { mine = fresh(); if (!store(mine)) return Promise.reject({ words: "这个浏览器不让保存凭证，不能投票，换一个浏览器或者领纸质票" }); }
    var r = BigInt("0x" + mine.factor), hashed = digest(mine.token), body = new FormData(form);
    body.delete("choice");
    body.set("blinded", (hashed * power(r, E) % N).toString(16));
    return fetch(given.issue, { method: "POST", body: body, credentials: "same-origin" }).then(function (answer) {
      return answer.json().then(function (told) {
        if (!answer.ok) throw told;
        var signature = BigInt("0x" + told.signed) * inverse(r) % N;
        if (power(signature, E) !== hashed) throw { words: "选票的签名不对，没有投入，告诉会务人员" };
        mine.signature = signature.toString(16);
        store(mine);
        return mine;
      });
    });
  }
  function cast(mine, choice) {
    return fetch(given.cast, {
      method: "POST", credentials: "omit", referrerPolicy: "no-referrer", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token: mine.token, signature: mine.signature, choice: choice })
    }).then(function (answer) {
      return answer.json().then(function (told) { if (!answer.ok && told.code !== "GH-DEM-055") throw told; return told; });
    });
  }
  function show() {
    var mine = load(), voted = mine && mine.cast, ready = mine && mine.signature && !voted;
    form.querySelectorAll("[data-choices], [data-go]").forEach(function (one) { one.hidden = !!voted; });
    kept.hidden = !voted;
    document.querySelectorAll("[data-token]").forEach(function (one) { one.textContent = mine ? mine.token.replace(/(.{8})/g, "$1 ").trim() : ""; });
    var later = document.querySelector("[data-later]");
    if (later) { later.hidden = !!voted; later.textContent = ready ? "选票已领，凭证在这部手机上，截止以前都能投" : "先领票，等一会儿再投"; later.disabled = !!ready; }
  }
  function failed(wrong) { words(wrong && wrong.words || "网络中断，选票还在这部手机上，连上网再投", true); }

  document.querySelectorAll("[data-script]").forEach(function (one) { one.hidden = false; });
  document.querySelectorAll("[data-noscript]").forEach(function (one) { one.hidden = true; });
  show();
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var choice = Array.prototype.map.call(form.querySelectorAll("input[name=choice]:checked"), function (one) { return one.value; });
    if (given.kind === "decide" && choice.length !== 1) return words("还没有选，选一项再投", true);
    if (choice.length > given.seats) return words("选了" + choice.length + "名，最多选" + given.seats + "名", true);
    words("正在投票");
    busy(true);
    ballot().then(function (mine) { return cast(mine, choice).then(function () { store({ token: mine.token, cast: true }); words(""); show(); }); })
      .catch(failed).then(function () { busy(false); });
  });
  var later = document.querySelector("[data-later]");
  if (later) later.addEventListener("click", function () { ballot().then(function () { words(""); show(); }).catch(failed); });
  var forget = document.querySelector("[data-forget]");
  if (forget) forget.addEventListener("click", function () { store({ token: "", cast: true }); document.querySelectorAll("[data-token]").forEach(function (one) { one.textContent = "已从这部手机删除"; }); forget.hidden = true; });
})();
