/* Member pages: says when the network is gone, shares a page, and counts down by the server's clock. */
(function () {
  "use strict";
  var page = window.gonghui, offline = document.getElementById("offline");
  function network() { if (offline) offline.hidden = navigator.onLine; }
  window.addEventListener("online", function () { network(); page.toast("网络已恢复"); });
  window.addEventListener("offline", network);
  network();

  document.addEventListener("submit", function (event) {
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    page.toast("网络中断，还没有提交。填写的内容已保留在本机", true);
  }, true);

  document.addEventListener("click", function (event) {
    var el = event.target.closest("[data-share]");
    if (!el || !navigator.share) return;
    event.preventDefault();
    navigator.share({ title: document.title, url: new URL(el.dataset.share, location.href).href }).catch(function () { /* closed by the reader */ });
  });

  /* <p class="clock" data-until="ISO" data-now="ISO"><b data-min></b>分<b data-sec></b>秒</p>: only the server's time counts */
  page.all("[data-until]").forEach(function (clock) {
    var skew = Date.parse(clock.dataset.now) - Date.now(), until = Date.parse(clock.dataset.until);
    var timer = setInterval(show, 250);
    function show() {
      var left = Math.max(0, Math.ceil((until - Date.now() - skew) / 1000));
      clock.querySelector("[data-min]").textContent = Math.floor(left / 60);
      clock.querySelector("[data-sec]").textContent = left % 60;
      if (!left) { clearInterval(timer); clock.dispatchEvent(new CustomEvent("due", { bubbles: true })); }
    }
    show();
  });

  /* a paper whose time is over goes in as it stands; the server closes it anyway */
  document.addEventListener("due", function () {
    var form = document.querySelector("form[data-due]");
    if (form) { form.action = form.dataset.due; form.submit(); }
  });

  /* a code shown at a counter must be bright and awake */
  if (document.querySelector("[data-awake]") && navigator.wakeLock) {
    var wake = function () { navigator.wakeLock.request("screen").catch(function () { /* refused by the device */ }); };
    wake();
    document.addEventListener("visibilitychange", function () { if (!document.hidden) wake(); });
  }
})();
