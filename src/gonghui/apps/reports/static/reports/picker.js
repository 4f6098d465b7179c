// Marks are put where the cursor last stood in the text; the search narrows the list of figures.
document.addEventListener("DOMContentLoaded", () => {
  const text = document.querySelector("textarea[name=text]");
  document.querySelectorAll("[data-mark]").forEach((button) =>
    button.addEventListener("click", () => {
      if (!text) return;
      text.setRangeText(button.dataset.mark, text.selectionStart, text.selectionEnd, "end");
      text.focus();
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }),
  );
  const find = document.querySelector("[data-picks]");
  find?.addEventListener("input", () => {
    const asked = find.value.trim();
    document.querySelectorAll("[data-area]").forEach((area) => {
      let any = false;
      area.querySelectorAll("[data-mark]").forEach((one) => {
        one.hidden = asked !== "" && !one.textContent.includes(asked);
        any ||= !one.hidden;
      });
      area.hidden = !any;
      if (asked) area.open = true;
    });
  });
});
