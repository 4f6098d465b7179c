/* The code of a ticket is asked for anew every twenty seconds; a lost network is said, an old code never looks new. */
(function () {
  "use strict";
  var box = document.querySelector("[data-code]");
  if (!box) return;
  function turn() {
    if (document.hidden) return;
    fetch(box.dataset.code, { credentials: "same-origin", headers: { Accept: "text/html" } }).then(function (answer) {
      if (answer.status === 205) { location.reload(); return null; }
      if (!answer.ok || answer.redirected) throw new Error("code");
      return answer.text();
    }).then(function (text) {
      if (text === null || text === undefined) return;
      box.innerHTML = text;
    }).catch(function () {
      if (box.querySelector("[data-old]")) return;
      var note = document.createElement("p");
      note.className = "center wait";
      note.setAttribute("data-old", "");
      note.textContent = "网络中断，二维码没有更新，两分钟内仍可使用";
      box.append(note);
    });
  }
  setInterval(turn, 20000);
  document.addEventListener("visibilitychange", turn);
  window.addEventListener("online", turn);
})();
