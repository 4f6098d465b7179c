/* Lists sorted by how far they are, a screenful or two at a time. The position is asked for on a tap, used here to sort,
   and sent nowhere. A row, or what stands in it, says its places: data-points="lon,lat lon,lat". */
(function () {
  "use strict";
  var button = document.querySelector("[data-near]"), list = document.querySelector("[data-places]");
  var said = document.querySelector("[data-near-said]");
  if (!button || !list) return;
  var STEP = 20, upto = STEP, more = document.querySelector("[data-places-more]");
  var otherwise = "，" + (button.dataset.nearElse || "照原来的顺序看"), of = button.dataset.nearOf || "项";
  function fold() {
    if (!more) return;
    var rows = list.children, left = rows.length - upto;
    for (var n = 0; n < rows.length; n += 1) rows[n].hidden = n >= upto;
    more.hidden = left <= 0;
    more.querySelector("button").textContent = "再看" + Math.min(STEP, left) + of + "（还有" + left + of + "）";
  }
  if (more) more.querySelector("button").addEventListener("click", function () {
    var first = list.children[upto];
    upto += STEP;
    fold();
    first.querySelector("a").focus();
  });
  fold();
  if (!navigator.geolocation) { button.hidden = true; said.textContent = "这部手机不能定位" + otherwise; return; }
  function rad(x) { return x * Math.PI / 180; }
  function metres(a, b) {
    var h = Math.pow(Math.sin(rad(b.lat - a.lat) / 2), 2) +
      Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.pow(Math.sin(rad(b.lon - a.lon) / 2), 2);
    return 2 * 6371000 * Math.asin(Math.sqrt(h));
  }
  function words(m) {
    if (m < 1000) return Math.max(10, Math.round(m / 10) * 10) + "米";
    return (m < 10000 ? (m / 1000).toFixed(1) : Math.round(m / 1000)) + "公里";
  }
  function nearest(here, points) {
    return Math.min.apply(null, points.split(" ").map(function (one) {
      var at = one.split(",");
      return metres(here, { lon: +at[0], lat: +at[1] });
    }));
  }
  function sort(here) {
    var rows = Array.prototype.slice.call(list.children).map(function (row) {
      var link = row.matches("[data-points]") ? row : row.querySelector("[data-points]");
      var away = link ? nearest(here, link.dataset.points) : Infinity;
      if (link) link.querySelector("[data-away]").textContent = words(away);
      return { row: row, away: away };
    });
    rows.sort(function (a, b) { return a.away - b.away; });
    rows.forEach(function (one) { list.append(one.row); });
    upto = STEP;
    fold();
    said.textContent = "已按远近排，最近的在最上面";
  }
  button.addEventListener("click", function () {
    said.textContent = "正在定位……";
    navigator.geolocation.getCurrentPosition(function (found) {
      sort({ lat: found.coords.latitude, lon: found.coords.longitude });
    }, function (fault) {
      said.textContent = (fault.code === 1 ? "没有允许定位" : "定不到位置") + otherwise;
    }, { maximumAge: 60000, timeout: 10000 });
  });
})();
