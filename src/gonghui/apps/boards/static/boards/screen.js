/* The big screen stands alone for hours: when its session is over it goes to the log-in, when the network fails it says so. */
(function () {
  "use strict";
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.xhr.status < 300 && event.detail.xhr.status !== 204 && event.detail.xhr.responseText.indexOf('id="wall"') < 0) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });
  function stale(yes) { document.documentElement.toggleAttribute("data-stale", yes); }
  document.addEventListener("htmx:sendError", function () { stale(true); });
  document.addEventListener("htmx:responseError", function () { stale(true); });
  document.addEventListener("htmx:afterRequest", function (event) { if (event.detail.successful) stale(false); });
})();
