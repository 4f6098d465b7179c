/* A secret that nobody guesses, made on the witness's own phone; without script it is typed. */
(function () {
  "use strict";
  var form = document.querySelector("[data-witness]");
  if (!form || !window.crypto || !crypto.getRandomValues) return;
  var field = form.querySelector("[name=secret]"), said = form.querySelector("[data-said]");
  var letters = "23456789abcdefghjkmnpqrstuvwxyz";
  function another() {
    var text = "";
    while (text.replace(/-/g, "").length < 20) {
      var one = crypto.getRandomValues(new Uint8Array(1))[0];
      if (one >= 248) continue; /* 8 times 31: every letter as likely */
      if (text.replace(/-/g, "").length % 5 === 0 && text) text += "-";
      text += letters[one % 31];
    }
    field.value = text;
    said.textContent = "";
  }
  if (!field.value) another();
  form.querySelector("[data-another]").addEventListener("click", another);
  form.querySelector("[data-keep]").addEventListener("click", function () {
    var done = function () { said.textContent = "已复制，请存到备忘录"; };
    if (navigator.clipboard && isSecureContext) { navigator.clipboard.writeText(field.value).then(done); return; }
    field.select();
    if (document.execCommand("copy")) done();
  });
})();
