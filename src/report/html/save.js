"use strict";
// A figure as an SVG file of its own: caption, key and chart, in the colours that they have now, with nothing left of the page.

const SVG = "http://www.w3.org/2000/svg";
const LINE = 18;

// A copy whose colours are no longer the page's variables.
const standalone = (element) => {
  const copy = element.cloneNode(true);
  const own = [element, ...element.querySelectorAll("*")];
  const copies = [copy, ...copy.querySelectorAll("*")];
  copies.forEach((part, i) => {
    const look = getComputedStyle(own[i]);
    for (const name of ["fill", "stroke"]) {
      const value = part.getAttribute(name) ?? "";
      if (value.includes("var(") || value === "currentColor") part.setAttribute(name, look[name]);
    }
  });
  return copy;
};

// Words in lines that are no wider than so many pixels.
const lined = (text, width) => {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const longer = `${lines[lines.length - 1]} ${word}`.trim();
    if (longer.length * LETTER > width && lines[lines.length - 1]) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
};

const svgOf = (figure) => {
  const chart = figure.querySelector(".chart > svg");
  const [width, height] = ["width", "height"].map((name) => Number(chart.getAttribute(name)));
  const out = d3.create("svg").attr("xmlns", SVG).attr("width", width).attr("font-family", "system-ui, sans-serif");
  const page = getComputedStyle(document.body);
  const paper = out.append("rect").attr("width", width).attr("fill", page.backgroundColor);
  const words = (text, x, y) => out.append("text").attr("x", x).attr("y", y).attr("font-size", 12).attr("fill", page.color).text(text);
  let y = LINE;
  for (const line of lined(figure.querySelector("figcaption").textContent, width - 20)) {
    words(line, 8, y).attr("font-weight", 600);
    y += LINE;
  }
  let x = 8;
  for (const item of figure.querySelectorAll(".key li")) {
    const taken = 28 + 6 + item.textContent.length * LETTER + 18;
    if (x > 8 && x + taken > width) [x, y] = [8, y + LINE];
    const swatch = standalone(item.querySelector("svg"));
    d3.select(swatch).attr("x", x).attr("y", y - 10);
    out.node().append(swatch);
    words(item.textContent, x + 34, y);
    x += taken;
  }
  const drawn = standalone(chart);
  // What the page's style sheet and Plot's own say of it.
  drawn.querySelectorAll("style").forEach((style) => style.remove());
  d3.select(drawn).attr("x", 0).attr("y", y).attr("style", null).attr("color", getComputedStyle(chart).color).attr("overflow", "visible");
  out.node().append(drawn);
  paper.attr("height", y + height);
  out.attr("height", y + height).attr("viewBox", `0 0 ${width} ${y + height}`);
  return new XMLSerializer().serializeToString(out.node());
};

const saveButton = (figure) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Save SVG";
  button.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgOf(figure))}`;
    link.download = `${figure.id}.svg`;
    link.click();
  });
  return button;
};
