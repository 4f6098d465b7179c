/* Taking a place at the gate: one key for one wish, the gate's clock, honest waiting; the form stays as the way beside it. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-claim]"), told = document.getElementById("claiming");
  if (!form || !told) return;
  var page = window.gonghui, given = JSON.parse(told.textContent), gate = given.gate, tickets = given.tickets || {};
  var go = document.querySelector("[data-go]"), say = document.querySelector("[data-say]");
  var waits = document.querySelector("[data-wait]"), remind = document.querySelector("[data-remind]");
  var left = document.querySelector("[data-left]"), clock = document.querySelector("[data-countdown]"), full = document.querySelector("[data-full]");
  var RENEW = 12 * 60 * 1000, LONGEST = 10 * 60 * 1000, issued = {}, running = false;
  Object.keys(tickets).forEach(function (session) { issued[session] = performance.now(); });

  function words(text) { say.hidden = !text; say.textContent = text || ""; }
  function busy(on) { if (on) { go.setAttribute("aria-busy", "true"); go.setAttribute("data-busy", ""); } else { go.removeAttribute("aria-busy"); go.removeAttribute("data-busy"); } }
  function pause(seconds) { return new Promise(function (done) { setTimeout(done, seconds * 1000); }); }
  function online() { return navigator.onLine ? Promise.resolve() : new Promise(function (done) { window.addEventListener("online", done, { once: true }); }); }

  /* the key of this wish outlives a reload and a lost network: the same key is never served twice */
  var place = "claim:" + given.offer;
  function fresh() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = bytes[6] & 15 | 64; bytes[8] = bytes[8] & 63 | 128;
    var hex = Array.prototype.map.call(bytes, function (one) { return (one + 256).toString(16).slice(1); }).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }
  function key() {
    var kept;
    try { kept = sessionStorage.getItem(place); } catch (e) { kept = null; }
    if (!kept) { kept = form.elements.key.value || fresh(); keep(kept); }
    form.elements.key.value = kept;
    return kept;
  }
  function keep(value) { try { value ? sessionStorage.setItem(place, value) : sessionStorage.removeItem(place); } catch (e) { /* storage refused: the hidden field holds it */ } }

  function session() { var chosen = form.querySelector("input[name=session]:checked"); return chosen ? chosen.value : ""; }

  /* tickets live fifteen minutes; those of a session chosen just now are asked for at once */
  function renew(which) {
    var body = new FormData(form);
    body.set("session", which);
    return fetch(form.dataset.sign, { method: "POST", body: body, credentials: "same-origin" }).then(function (answer) {
      return answer.json().then(function (told) {
        if (!answer.ok) throw { words: told.words + (told.hint ? "。" + told.hint : "") };
        tickets[which] = told.tickets;
        issued[which] = performance.now();
        return told.tickets;
      });
    });
  }
  function ticketsOf(which) {
    var old = issued[which] === undefined || performance.now() - issued[which] > RENEW;
    return old ? renew(which) : Promise.resolve(tickets[which]);
  }
  setInterval(function () { var which = session(); if (which && navigator.onLine) ticketsOf(which).catch(function () { /* asked again on pressing */ }); }, 60000);
  form.addEventListener("change", function () { var which = session(); words(""); if (which) ticketsOf(which).catch(function (refused) { words(refused.words || ""); }); look(); });

  function ask(token) {
    var stop = window.AbortController ? new AbortController() : null;
    var timer = stop && setTimeout(function () { stop.abort(); }, 12000);
    return fetch(gate + "/claim", { method: "POST", body: token + " " + key(), headers: { "Content-Type": "text/plain" }, credentials: "omit", signal: stop ? stop.signal : undefined })
      .then(function (answer) {
        clearTimeout(timer);
        return answer.json().then(function (told) {
          told.wait = told.again || Number(answer.headers.get("Retry-After")) || 0;
          return told;
        });
      });
  }

  /* one counter until it gives an answer that is one */
  function persist(which, index, state) {
    var ticket = tickets[which][index];
    return ask(ticket.token).then(function (told) {
      state.lost = 0;
      if (told.outcome === "token" && !state.renewed) {
        state.renewed = true;
        return renew(which).then(function () { return persist(which, index, state); });
      }
      var again = told.wait && ["busy", "unknown", "early", "tries"].indexOf(told.outcome) >= 0;
      if (!again || performance.now() - state.began > LONGEST) return told;
      words(told.ahead ? "人很多，前面约" + told.ahead.toLocaleString("zh-CN") + "人，约" + Math.ceil(told.wait) + "秒后自动再试" : told.words + "，约" + Math.ceil(told.wait) + "秒后自动再试");
      return pause(told.wait * (1 + Math.random() / 4)).then(function () { return persist(which, index, state); });
    }, function () {
      state.lost += 1;
      if (state.lost > 2 && navigator.onLine) throw { gate: true };
      words("网络中断，您的请求编号已保留，恢复后自动再试，不会重复领取");
      return online().then(function () { return pause(state.lost); }).then(function () { return persist(which, index, state); });
    });
  }

  /* reserved places first, then those for everybody */
  function through(which, index, state) {
    return persist(which, index, state).then(function (told) {
      return told.outcome === "sold_out" && index + 1 < tickets[which].length ? through(which, index + 1, state) : told;
    });
  }

  function done(told) {
    running = false;
    busy(false);
    if (told.outcome === "granted" || told.outcome === "yours") {
      words(told.words);
      keep("");
      location.href = form.dataset.ticket + told.claim + "/";
      return;
    }
    words(told.words);
    if (told.outcome === "withdrawn") { keep(""); form.elements.key.value = fresh(); }
    if (told.outcome === "sold_out") {
      if (left) left.textContent = "0";
      if (waits) { waits.hidden = false; go.hidden = true; choose(); }
    }
  }
  function choose() { var list = waits.querySelector("select"); if (list && session()) list.value = session(); }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (running) return;
    var which = session();
    if (!which) { words("先选一个场次"); return; }
    running = true;
    busy(true);
    words("正在领取");
    var state = { began: performance.now(), lost: 0, renewed: false };
    ticketsOf(which).then(function () { return through(which, 0, state); }).then(done, function (fault) {
      running = false;
      busy(false);
      if (fault && fault.words) { words(fault.words); return; }
      if (!navigator.onLine) { words("网络中断，您的请求编号已保留，恢复后再点一次，不会重复领取"); return; }
      words("领取通道暂时连不上，改走普通通道");
      key();
      form.submit(); /* the same key at the slow door */
    });
  });

  /* how many are left and how long until the opening: by the gate, never by the phone's clock */
  var opens = null, seen = performance.now();
  if (clock) { opens = (Date.parse(clock.dataset.opens) - Date.parse(clock.dataset.now)) / 1000; }
  function counters() { var which = session() || Object.keys(tickets)[0]; return (tickets[which] || []).map(function (one) { return one.counter; }); }
  function look() {
    var asked = counters();
    if (!asked.length || document.hidden) return;
    Promise.all(asked.map(function (one) {
      return fetch(gate + "/look?counter=" + one, { credentials: "omit" }).then(function (answer) { return answer.ok ? answer.json() : null; });
    })).then(function (found) {
      var known = found.filter(Boolean);
      if (!known.length) return;
      opens = known[0].opens_in;
      seen = performance.now();
      if (opens && clock && !beat) beat = setInterval(tickAway, 250); /* the opening was put off while the page was open */
      var free = known.reduce(function (sum, one) { return sum + one.free; }, 0);
      if (left && !opens) left.textContent = free.toLocaleString("zh-CN");
      if (!opens && free && go.hidden && !running) { /* a place came back while the page was open */
        go.hidden = false;
        if (waits) waits.hidden = true;
        if (full) full.hidden = true;
      }
    }).catch(function () { /* the number of the page stays */ });
  }
  function show(part, value) {
    var box = clock.querySelector("[data-" + part + "]"), unit = clock.querySelector("[data-" + part + "-unit]");
    box.textContent = value;
    if (unit) box.hidden = unit.hidden = value === 0;
  }
  function tickAway() {
    if (!clock || opens === null) return;
    var rest = Math.max(0, Math.ceil(opens - (performance.now() - seen) / 1000));
    show("d", Math.floor(rest / 86400)); show("h", Math.floor(rest % 86400 / 3600)); show("m", Math.floor(rest % 3600 / 60)); show("s", rest % 60);
    var ready = rest <= 60;
    if (remind) remind.hidden = ready;
    go.hidden = !ready;
    if (ready) {
      if (rest) { go.setAttribute("aria-disabled", "true"); go.textContent = rest + "秒后开始"; }
      else { go.removeAttribute("aria-disabled"); go.textContent = "立即领取"; clearInterval(beat); beat = 0; }
    }
  }
  var beat = clock ? setInterval(tickAway, 250) : 0;
  go.addEventListener("click", function (event) { if (go.getAttribute("aria-disabled")) { event.preventDefault(); words("还没有开始，到点再点，早点没有用"); } });
  tickAway();
  look();
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
  key();
})();
