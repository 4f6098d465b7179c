/* The page of a step: the total of a score sheet while it is typed, and where a photo was taken. */
(function () {
  "use strict";
  document.querySelectorAll("[data-score]").forEach(function (form) {
    var total = form.querySelector("[data-score-total]");
    function add() {
      var sum = 0;
      form.querySelectorAll("[data-mark]").forEach(function (one) { sum += Number(one.value) || 0; });
      total.textContent = String(sum);
    }
    form.addEventListener("input", add);
    add();
  });
  document.querySelectorAll("[data-located]").forEach(function (form) {
    var said = form.querySelector("[data-located-said]");
    form.querySelector("[data-locate]").addEventListener("click", function () {
      if (!navigator.geolocation) { said.textContent = "这台设备不能定位，用手机打开本页再拍"; return; }
      said.textContent = "正在定位";
      navigator.geolocation.getCurrentPosition(function (place) {
        form.elements.latitude.value = place.coords.latitude.toFixed(6);
        form.elements.longitude.value = place.coords.longitude.toFixed(6);
        said.textContent = "已取得位置，误差约" + Math.round(place.coords.accuracy) + "米";
      }, function () {
        said.textContent = "没有取得位置：允许浏览器定位，再按一次";
      }, { enableHighAccuracy: true, timeout: 15000 });
    });
  });
})();
