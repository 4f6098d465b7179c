/* The tree: buttons open and close a level; by keyboard up and down among names, right opens, left closes or goes up. */
(function () {
  "use strict";
  var tree = document.querySelector("[data-tree]");
  if (!tree) return;
  function opener(row) { return row && row.querySelector(".twig-open"); }
  function isOpen(row) { var button = opener(row); return !!button && button.getAttribute("aria-expanded") === "true"; }
  function turn(button) {
    var open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    document.getElementById(button.getAttribute("aria-controls")).hidden = open;
  }
  tree.addEventListener("click", function (event) {
    var button = event.target.closest(".twig-open");
    if (button) turn(button);
  });
  function rows() {
    return Array.prototype.filter.call(tree.querySelectorAll(".twig"), function (row) { return row.offsetParent !== null; });
  }
  function go(row) { var target = row && (row.querySelector("a.ink") || opener(row)); if (target) target.focus(); }
  tree.addEventListener("keydown", function (event) {
    var row = event.target.closest(".twig");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    var all = rows(), at = all.indexOf(row), done = true;
    switch (event.key) {
      case "ArrowDown": go(all[at + 1]); break;
      case "ArrowUp": go(all[at - 1]); break;
      case "Home": go(all[0]); break;
      case "End": go(all[all.length - 1]); break;
      case "ArrowRight": if (opener(row) && !isOpen(row)) opener(row).click(); else go(all[at + 1]); break;
      case "ArrowLeft":
        if (isOpen(row)) opener(row).click();
        else { var above = row.closest("ul").closest("li"); go(above && above.querySelector(".twig")); }
        break;
      default: done = false;
    }
    if (done) event.preventDefault();
  });
})();
