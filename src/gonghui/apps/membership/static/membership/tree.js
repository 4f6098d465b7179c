/* The tree by keyboard: up and down among what is visible, right opens, left closes or goes to the one above. */
(function () {
  "use strict";
  var tree = document.querySelector("[data-tree]");
  if (!tree) return;
  function lines() {
    return Array.prototype.filter.call(tree.querySelectorAll("summary,.leaf"), function (line) { return line.offsetParent !== null; });
  }
  function ready(line) { if (!line.hasAttribute("tabindex") && line.matches(".leaf")) line.tabIndex = -1; return line; }
  function go(line) { if (line) ready(line).focus(); }
  tree.addEventListener("keydown", function (event) {
    var line = event.target.closest("summary,.leaf");
    if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
    var all = lines(), at = all.indexOf(line), box = line.matches("summary") ? line.parentNode : null, done = true;
    switch (event.key) {
      case "ArrowDown": go(all[at + 1]); break;
      case "ArrowUp": go(all[at - 1]); break;
      case "Home": go(all[0]); break;
      case "End": go(all[all.length - 1]); break;
      case "ArrowRight": if (box && !box.open) box.open = true; else go(all[at + 1]); break;
      case "ArrowLeft":
        if (box && box.open) box.open = false;
        else { var above = line.closest("ul").closest("details"); go(above && above.querySelector("summary")); }
        break;
      case "Enter": if (event.target === line && line.querySelector("a")) line.querySelector("a").click(); else done = false; break;
      default: done = false;
    }
    if (done) event.preventDefault();
  });
})();
