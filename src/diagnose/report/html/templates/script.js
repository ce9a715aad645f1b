"use strict";
(() => {
  const said = document.getElementById("said");

  const copy = async (text, place) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const range = document.createRange();
      range.selectNodeContents(place);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      return document.execCommand("copy");
    }
  };

  for (const button of document.querySelectorAll(".copy")) {
    const place = button.parentElement.querySelector("pre");
    const label = button.firstChild;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const copied = await copy(place.textContent, place);
      label.data = copied ? "Copied" : "Press Ctrl+C";
      said.textContent = copied ? "Copied" : "Selected: press Ctrl+C to copy";
      setTimeout(() => {
        label.data = "Copy";
        said.textContent = "";
      }, 2000);
    });
  }
})();
