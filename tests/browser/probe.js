// Reads every figure back: what its table says, and what its marks say once their pixels are turned into numbers again.
const read = (figure) => {
  const svg = figure.querySelector(".chart > svg");
  const x = svg.scale("x");
  const y = svg.scale("y");
  const back = (scale, value) => (scale.invert ? scale.invert(value) : scale.domain.find((name) => Math.abs(scale.apply(name) - value) < 0.01) ?? null);
  const marks = (name, kind) => [...svg.querySelectorAll(`g[aria-label="${name}"] ${kind}`)];
  const group = (name) => [...svg.querySelectorAll(`g[aria-label="${name}"]`)];
  const table = figure.querySelector("table");
  const keys = [...table.tHead.rows[0].cells].map((cell) => cell.dataset.key);
  return {
    id: figure.id,
    chart: JSON.parse(figure.dataset.chart),
    named: svg.getAttribute("role") === "img" && svg.getAttribute("aria-label").length > 20,
    caption: figure.querySelector("figcaption").textContent,
    copies: figure.querySelectorAll("button").length,
    saved: saved(figure),
    folded: !figure.querySelector("details").open,
    rows: [...table.tBodies[0].rows].map((row) => Object.fromEntries([...row.cells].map((cell, i) => [keys[i], "n" in cell.dataset ? Number(cell.dataset.n) : cell.textContent]))),
    lines: group("line").map((line) => [...line.querySelectorAll("path")].flatMap((path) => path.getAttribute("d").slice(1).split("L").map((point) => {
      const [a, b] = point.split(",").map(Number);
      return [back(x, a), y.invert(b)];
    }))),
    bars: group("bar").map((bars) => [...bars.querySelectorAll("rect")].map((bar) => {
      const from = Number(bar.getAttribute("x"));
      return [x.invert(from), x.invert(from + Number(bar.getAttribute("width")))];
    })),
    ticks: marks("tick", "line").map((tick) => x.invert(Number(tick.getAttribute("x1")))),
    rules: marks("rule", "line").length,
  };
};
// What a figure's file lacks: whether it is XML, has the caption's words, and nothing of the page.
const saved = (figure) => {
  const text = svgOf(figure);
  const file = new DOMParser().parseFromString(text, "image/svg+xml");
  const squeezed = (text) => text.replace(/\s+/g, "");
  const lacks = [];
  if (file.querySelector("parsererror") || file.documentElement.localName !== "svg") lacks.push("XML");
  if (!squeezed(file.documentElement.textContent).includes(squeezed(figure.querySelector("figcaption").textContent))) lacks.push("caption");
  if (/var\(|currentColor/.test(text)) lacks.push("colours of its own");
  return lacks;
};
// Words of a chart that meet others: their boxes, less what letters leave free above and below.
const meets = (figure) => {
  const boxes = [...figure.querySelectorAll(".chart > svg text")].filter((text) => text.textContent.trim() && !text.closest('[aria-label="tip"]')).map((text) => ({ words: text.textContent, box: text.getBoundingClientRect(), turned: /rotate\((?!0)/.test(text.getAttribute("transform") ?? "") }));
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => !a.turned && !b.turned && a.box.left < b.box.right - 1 && b.box.left < a.box.right - 1 && a.box.top < b.box.bottom - 4 && b.box.top < a.box.bottom - 4).map((b) => `${figure.id}: ${a.words} / ${b.words}`));
};
// Words of a bar that a vertical line crosses, or a name that hides one.
const crossed = (figure) => {
  const svg = figure.querySelector(".chart > svg");
  const rules = [...svg.querySelectorAll('g[aria-label="rule"][stroke-dasharray] line')].map((line) => line.getBoundingClientRect());
  const said = [...svg.querySelectorAll('g[aria-label="text"] text')].map((text) => ({ words: text.textContent, box: text.getBoundingClientRect() }));
  const meet = (box, rule) => box.left < rule.left - 1 && box.right > rule.right + 1 && box.top + 3 < rule.bottom && box.bottom - 3 > rule.top;
  return svg.querySelector('g[aria-label="bar"]') ? said.filter(({ box }) => rules.some((rule) => meet(box, rule))).map(({ words }) => `${figure.id}: ${words}`) : [];
};
// Words inside the frame of a chart of lines, where they would hide some.
const hides = (figure) => {
  const svg = figure.querySelector(".chart > svg");
  if (svg.querySelector('g[aria-label="bar"]') || !svg.querySelector('g[aria-label="line"]')) return [];
  const frame = Math.min(...svg.scale("y").range) + svg.getBoundingClientRect().top;
  return [...svg.querySelectorAll('g[aria-label="text"] text')].filter((text) => text.getBoundingClientRect().bottom > frame + 3).map((text) => `${figure.id}: ${text.textContent}`);
};
// Bars whose names look alike.
const alike = (figure) => {
  const names = [...figure.querySelectorAll('.chart > svg g[aria-label="y-axis tick label"] text, .chart > svg g[aria-label="text"] text')].map((text) => text.textContent);
  const categories = figure.querySelector('g[aria-label="bar"]') ? [...new Set(figure.querySelector(".chart > svg").scale("y").domain)] : [];
  return categories.filter((name) => !names.includes(name)).map((name) => `${figure.id}: ${name}`);
};
// Rows of answers that end before the others do.
const holes = () => {
  const boxes = [...document.querySelectorAll(".answer")].map((answer) => answer.getBoundingClientRect());
  const right = Math.max(...boxes.map((box) => box.right));
  const rows = [...new Set(boxes.map((box) => Math.round(box.top)))];
  return rows.filter((top) => right - Math.max(...boxes.filter((box) => Math.round(box.top) === top).map((box) => box.right)) > 1);
};
const signed = (box) => getComputedStyle(box, "::before").content.includes("to the right");
const signedBelow = (box) => getComputedStyle(box, "::after").content.includes("below");
const isCut = (table) => table.clientWidth > 0 && table.scrollWidth > table.parentElement.clientWidth + 1;
document.querySelectorAll("details").forEach((details) => { details.open = true; });
mark();
const unsigned = [...document.querySelectorAll("table")].filter((table) => isCut(table) !== signed(table.parentElement) || (table.parentElement.scrollHeight > table.parentElement.clientHeight + 1) !== signedBelow(table.parentElement)).map((table) => table.closest("[id]").id);
document.querySelectorAll("figure details").forEach((details) => { details.open = false; });
const said = document.body.appendChild(document.createElement("pre"));
said.id = "probe";
const luminance = (colour) => {
  const [r, g, b] = colour.match(/[\d.]+/g).map(Number).map((part) => part / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const paper = luminance(getComputedStyle(document.body).backgroundColor);
const contrast = (element) => {
  const ink = luminance(getComputedStyle(element).color);
  return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
};
const texts = [...document.querySelectorAll("p, h1, h2, h3, a, td, th, summary, figcaption, li, dt, dd, button")];
said.textContent = JSON.stringify({
  figures: [...document.querySelectorAll("figure[data-chart]")].map(read),
  images: document.images.length,
  scripts: document.scripts.length,
  title: document.title,
  cut: [...document.querySelectorAll("table")].filter(isCut).map((table) => table.closest("[id]").id),
  unsigned,
  hides: [...document.querySelectorAll("figure[data-chart]")].flatMap(hides),
  crossed: [...document.querySelectorAll("figure[data-chart]")].flatMap(crossed),
  alike: [...document.querySelectorAll("figure[data-chart]")].flatMap(alike),
  holes: holes(),
  meets: [...document.querySelectorAll("figure[data-chart]")].flatMap(meets),
  wide: document.documentElement.scrollWidth,
  width: document.documentElement.clientWidth,
  paper,
  contrast: Math.min(...texts.map(contrast)),
});
if (parent !== window) parent.postMessage(said.textContent, "*");
