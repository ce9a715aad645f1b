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

  const filters = document.querySelector(".filters");
  if (filters) {
    const rows = [...document.querySelectorAll("tbody tr")];
    const words = rows.map((row) => row.textContent.toLowerCase());
    const choices = [...filters.querySelectorAll("select")];
    const text = filters.querySelector("input");
    const count = filters.querySelector("output");

    const filter = () => {
      const wanted = text.value.trim().toLowerCase();
      let shown = 0;
      rows.forEach((row, place) => {
        const fits = choices.every((choice) => !choice.value || row.dataset[choice.dataset.field] === choice.value);
        row.hidden = !fits || !words[place].includes(wanted);
        shown += row.hidden ? 0 : 1;
      });
      count.textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
    };

    filters.hidden = false;
    filters.addEventListener("input", filter);
    filters.addEventListener("submit", (event) => event.preventDefault());
    filter();
  }
})();
