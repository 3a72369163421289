"use strict";
// What a reader can do with the page: copy, print, and read it at any width.

const copied = (text, button) => {
  const done = (said) => {
    const before = button.textContent;
    button.textContent = said;
    setTimeout(() => { button.textContent = before; }, 1500);
  };
  // Some browsers give files no clipboard.
  const byHand = () => {
    const area = document.body.appendChild(document.createElement("textarea"));
    area.value = text;
    area.select();
    done(document.execCommand("copy") ? "copied" : "not allowed to copy");
    area.remove();
    button.focus();
  };
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => done("copied"), byHand);
  else byHand();
};

const copyButton = (label, text) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", () => copied(text(), button));
  return button;
};

// A table as lines of tab-separated values: numbers as exact as the report has them.
const tsv = (table) => {
  const clean = (text) => text.replace(/\s+/g, " ").trim();
  const value = (cell) => cell.dataset.n ?? clean(cell.textContent);
  const head = Array.from(table.tHead.rows[0].cells, (cell) => cell.dataset.key);
  const rows = Array.from(table.tBodies[0].rows, (row) => Array.from(row.cells, value));
  return [head, ...rows].map((cells) => cells.join("\t")).join("\n") + "\n";
};

const drawAll = (width) => {
  for (const figure of document.querySelectorAll("figure[data-chart]")) {
    draw(figure, width ?? figure.querySelector(".chart").clientWidth);
  }
};

const PRINTED = 680;
let drawnAt = 0;

// Says of every table that goes on to the right, or below, that it does; of a folded one once it is opened.
const mark = () => {
  for (const box of document.querySelectorAll(".scroll")) {
    box.classList.toggle("cut", box.scrollWidth > box.clientWidth + 1);
    box.classList.toggle("long", box.scrollHeight > box.clientHeight + 1);
  }
};

const redraw = () => {
  if (document.documentElement.clientWidth !== drawnAt) {
    drawnAt = document.documentElement.clientWidth;
    drawAll();
    mark();
  }
};

for (const box of document.querySelectorAll(".numbers")) {
  const table = box.querySelector("table");
  box.querySelector(".scroll").after(copyButton("Copy data", () => tsv(table)));
}
for (const code of document.querySelectorAll("pre.copied")) {
  code.after(copyButton("Copy", () => code.textContent));
}
for (const figure of document.querySelectorAll("figure[data-chart]")) {
  figure.querySelector(".chart").after(saveButton(figure));
}
const folded = document.querySelectorAll("figure details");
redraw();
folded.forEach((details) => {
  details.open = false;
  details.addEventListener("toggle", mark);
});
window.addEventListener("resize", redraw);
// On paper long tables stay folded: their charts show them, and the file has every number.
const PRINTED_ROWS = 40;
window.addEventListener("beforeprint", () => {
  folded.forEach((details) => { details.open = details.querySelectorAll("tbody tr").length <= PRINTED_ROWS; });
  drawAll(PRINTED);
});
window.addEventListener("afterprint", () => {
  folded.forEach((details) => { details.open = false; });
  drawAll();
});
document.documentElement.classList.add("drawn");
