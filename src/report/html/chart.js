"use strict";
// Draws a figure's chart from its table. The figure's attribute data-chart says which columns are drawn, and how; the colours
// are the page's, so that light, dark and print need no other chart.

const MARKERS = ["circle", "square", "triangle", "diamond", "cross", "star", "wye", "plus"];
const DASHES = ["", "6 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2", "1 4", "8 2 2 2 2 2"];
const FEW_POINTS = 40;
const NARROW = 520;
const LETTER = 6.9;

// The rows of a table: per column its number (null where there is none) and its words.
const rowsOf = (table) => {
  const keys = Array.from(table.tHead.rows[0].cells, (cell) => cell.dataset.key);
  const value = (cell) => ({ number: "n" in cell.dataset ? Number(cell.dataset.n) : null, words: cell.textContent });
  return Array.from(table.tBodies[0].rows, (row) =>
    Object.fromEntries(Array.from(row.cells, (cell, column) => [keys[column], value(cell)])));
};

// What an axis reads of a column.
const reader = (axis, column) => (row) => (axis.scale === "category" ? row[column].words : row[column].number);

// The lines of a mark: one per name in its column `series`, in the table's order.
const seriesOf = (mark, rows) => {
  if (mark.series === null) return [{ name: mark.name, rows }];
  const names = Array.from(new Set(rows.map((row) => row[mark.series].words)));
  return names.map((name) => ({ name, rows: rows.filter((row) => row[mark.series].words === name) }));
};

// A policy looks the same in every chart, and the usual ones on every page; other names only among their own.
const USUAL = ["lru", "fifo", "sieve", "s3fifo"];
const looks = new Map();
const lookOf = (column, name) => {
  if (!looks.has(column)) looks.set(column, new Map(column === "policy" ? USUAL.map((policy, look) => [policy, look]) : []));
  const known = looks.get(column);
  if (!known.has(name)) known.set(name, known.size % MARKERS.length);
  return known.get(name);
};

// All lines of a chart, each with a look of its own: colour, dash and marker.
const linesOf = (chart, rows) => {
  const lines = [];
  for (const mark of chart.marks.filter((mark) => mark.mark === "line")) {
    const x = reader(chart.x, mark.x);
    const y = reader(chart.y, mark.y);
    for (const { name, rows: own } of seriesOf(mark, rows)) {
      const look = mark.series === null ? lines.length % MARKERS.length : lookOf(mark.series, name);
      const points = own.filter((row) => x(row) !== null && y(row) !== null);
      if (points.length > 0) {
        const colour = mark.dashed ? "var(--faint-ink)" : `var(--series-${look + 1})`;
        lines.push({ name, x, y, points, colour, dash: mark.dashed ? "3 3" : DASHES[look], marker: MARKERS[look] });
      }
    }
  }
  return lines;
};

const FILLS = {
  plain: "var(--series-1)",
  good: "var(--good-fill)",
  bad: "url(#hatched)",
};
const RULE = { stroke: "var(--ink)", strokeWidth: 1.5, strokeDasharray: "5 3" };
const SHADE = 0.35;
// Height of a line of words in a chart.
const ROW = 14;

// A few words beside a mark, readable on anything.
const words = (data, options) =>
  Plot.text(data, { fill: "var(--ink)", stroke: "var(--paper)", strokeWidth: 5, fontSize: 12, lineWidth: 30, ...options });

// Round numbers of bytes.
const byteTicks = (most, count) => {
  const unit = 1024 ** Math.floor(Math.log(Math.max(1, most)) / Math.log(1024));
  return d3.ticks(0, most / unit, count).map((tick) => tick * unit);
};

const axisOf = (axis, size, most) => ({
  label: axis.label,
  type: axis.scale === "category" ? undefined : axis.scale,
  tickFormat: axis.scale === "log" ? (value) => (isRound(value, axis.unit, most) ? formats[axis.unit](value) : "") : formats[axis.unit],
  ticks: axis.scale === "category" ? undefined : axis.scale === "linear" && axis.unit === "bytes" ? byteTicks(most, 5) : Math.max(3, Math.round(size / 80)),
  zero: axis.scale === "linear",
  nice: axis.scale === "linear",
  base: axis.unit === "bytes" ? 2 : 10,
});

// On a logarithmic axis only some ticks are written out: 1, 2, 5, 10, or powers of ten only where there are many.
const isRound = (value, unit, most) => {
  const base = unit === "bytes" ? 1024 : 10;
  const power = Math.log(value) / Math.log(base);
  return unit === "bytes" || Math.abs(power - Math.round(power)) < 1e-6 || (most < 1e4 && /^[25]0*$/.test(significant(value).replace(/^0\.0*/, "")));
};

// Everything but the lines. What level lines and shaded stretches mean stands in the key above: words here would hide lines.
const marksOf = (chart, rows, { middle, room, lift }) => {
  const marks = [];
  // Words lie above all lines.
  const labels = [];
  let raised = 0;
  const rules = chart.marks.filter((mark) => mark.mark === "rule" && mark.across === "x").map((mark) => mark.at);
  for (const mark of chart.marks) {
    if (mark.mark === "zone") {
      marks.push(Plot.rect([mark], { x1: "from", x2: "to", fill: FILLS.bad, fillOpacity: SHADE }));
    }
    if (mark.mark === "bar") {
      const y = (row) => row[mark.y].words;
      const x1 = mark.from === null ? () => 0 : (row) => row[mark.from].number;
      const x2 = (row) => row[mark.to].number;
      const known = rows.filter((row) => x1(row) !== null && x2(row) !== null);
      marks.push(Plot.barX(known, { y, x1, x2, fill: FILLS[mark.fill], stroke: mark.fill === "bad" ? "var(--bad)" : "none", insetTop: 3 + lift, insetBottom: 3 }));
      const text = (row) => row[mark.to].words;
      // Where another bar goes on, the words stand inside, if they fit.
      const goesOn = chart.marks.some((other) => other.from === mark.to);
      const end = (row) => Math.max(0, x2(row));
      const long = (row) => text(row).length * LETTER + 10;
      const fits = (row) => room(x2(row)) > long(row);
      // The vertical line that words after the bar would cross, or inside it.
      const crossed = (row) => rules.find((at) => at > end(row) && room(at) - room(end(row)) < long(row));
      const crossedInside = (row) => rules.some((at) => at < end(row) && room(end(row)) - room(at) < long(row));
      const inside = (row) => fits(row) && !crossedInside(row) && (goesOn || crossed(row) !== undefined);
      labels.push(words(known.filter(inside), { y, x: x2, text, textAnchor: "end", dx: -5, dy: lift / 2 }));
      const outside = known.filter((row) => !goesOn && !inside(row));
      labels.push(words(outside, { y, x: (row) => crossed(row) ?? end(row), text, textAnchor: "start", dx: 5, dy: lift / 2 }));
    }
    if (mark.mark === "tick") {
      const known = rows.filter((row) => row[mark.x].number !== null);
      marks.push(Plot.tickX(known, { y: (row) => row[mark.y].words, x: (row) => row[mark.x].number, stroke: "var(--ink)", strokeWidth: 2, strokeDasharray: "2 2", insetTop: lift }));
    }
    if (mark.mark === "rule" && mark.across === "x") {
      marks.push(Plot.ruleX([mark.at], RULE));
      // Above the chart, a row for each.
      const left = mark.at > middle;
      labels.push(words([mark.at], { x: (at) => at, text: () => mark.name, lineWidth: Infinity, frameAnchor: "top", lineAnchor: "bottom", textAnchor: left ? "end" : "start", dx: left ? 3 : -3, dy: -6 - ROW * raised }));
      raised += 1;
    }
    if (mark.mark === "rule" && mark.across === "y") {
      marks.push(Plot.ruleY([mark.at], RULE));
    }
  }
  return [marks, labels];
};

// Vertical lines beside the bars only, where names stand above these.
const partRules = (svg, categories, lift) => {
  const y = svg.scale("y");
  for (const line of svg.querySelectorAll('g[aria-label="rule"][stroke-dasharray] line')) {
    for (const name of categories) d3.select(line.parentNode.insertBefore(line.cloneNode(), line)).attr("y1", y.apply(name) + lift).attr("y2", y.apply(name) + y.bandwidth);
    line.remove();
  }
};

// Where lines end, if there is room for a name at each.

const endsOf = (svg, lines) => {
  const [x, y] = [svg.scale("x"), svg.scale("y")];
  const ends = lines.map((line) => {
    const last = line.points[line.points.length - 1];
    return { line, x: x.apply(line.x(last)), y: y.apply(line.y(last)) };
  });
  ends.sort((a, b) => a.y - b.y);
  return ends.every((end, i) => i === 0 || end.y - ends[i - 1].y >= ROW) ? ends : null;
};

// Beside the frame, where no level line passes through them.
const nameLines = (svg, ends, edge) => {
  const layer = d3.select(svg).append("g").attr("font-size", 12).attr("text-anchor", "start").attr("fill", "var(--ink)");
  for (const end of ends) layer.append("text").attr("x", Math.max(end.x, edge) + 8).attr("y", end.y).attr("dy", "0.35em").text(end.line.name);
};

// What each look means, above the chart.
const keyOf = (chart, lines, named) => {
  const list = document.createElement("ul");
  list.className = "key";
  const add = (name, draw) => {
    const item = list.appendChild(document.createElement("li"));
    const swatch = d3.select(item).append("svg").attr("width", 28).attr("height", 12).attr("aria-hidden", "true");
    draw(swatch);
    item.append(name);
  };
  for (const mark of chart.marks) {
    if (mark.mark === "bar" && mark.name) {
      add(mark.name, (svg) => svg.append("rect").attr("width", 28).attr("height", 12).attr("fill", FILLS[mark.fill]).attr("stroke", mark.fill === "bad" ? "var(--bad)" : "none"));
    }
    if (mark.mark === "zone" && mark.name) {
      add(mark.name, (svg) => svg.append("rect").attr("width", 28).attr("height", 12).attr("fill", FILLS.bad).attr("fill-opacity", SHADE));
    }
    if (mark.mark === "rule" && mark.across === "y" && mark.name) {
      add(mark.name, (svg) => svg.append("path").attr("d", "M0,6H28").attr("stroke", RULE.stroke).attr("stroke-width", RULE.strokeWidth).attr("stroke-dasharray", RULE.strokeDasharray));
    }
    if (mark.mark === "tick") {
      add(mark.name, (svg) => svg.append("path").attr("d", "M14,0V12").attr("stroke", "var(--ink)").attr("stroke-width", 2).attr("stroke-dasharray", "2 2"));
    }
  }
  if (!named) {
    for (const line of lines.filter((line) => line.name)) {
      add(line.name, (svg) => {
        svg.append("path").attr("d", "M0,6H28").attr("stroke", line.colour).attr("stroke-width", 2).attr("stroke-dasharray", line.dash);
        svg.append("path").attr("d", d3.symbol(symbolOf(line.marker), 30)()).attr("transform", "translate(14,6)").attr("fill", line.colour).attr("stroke", line.colour);
      });
    }
  }
  return list.children.length > 0 ? list : null;
};

const symbolOf = (name) => d3[`symbol${name[0].toUpperCase()}${name.slice(1)}`];

const HATCHED = '<pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
  '<rect width="6" height="6" fill="var(--bad-fill)"></rect><rect width="2" height="6" fill="var(--bad)"></rect></pattern>';

// What a row says, for the pointer.
const told = (table) => {
  const heads = Array.from(table.tHead.rows[0].cells, (cell) => [cell.dataset.key, cell.textContent]);
  return (row) => heads.filter(([key]) => row[key].words).map(([key, head]) => `${head || key}: ${row[key].words}`).join("\n");
};

const extent = (chart, rows, axis) => {
  const columns = [];
  for (const mark of chart.marks) {
    if (mark.mark === "line") columns.push(mark[axis]);
    if (axis === "x" && mark.mark === "bar") columns.push(mark.from, mark.to);
    if (axis === "x" && mark.mark === "tick") columns.push(mark.x);
  }
  const known = columns.filter((column) => column !== null).flatMap((column) => rows.map((row) => row[column].number)).filter((number) => number !== null);
  const at = chart.marks.filter((mark) => mark.mark === "rule" && mark.across === axis).map((mark) => mark.at);
  return d3.extent([...known, ...at]);
};

// What may stand beside the ticks of an upright axis.
const ticksOf = (chart, rows) => {
  const [least, most] = extent(chart, rows, "y");
  return chart.y.unit === "bytes" ? ["1,000 MiB"] : d3.ticks(Math.min(0, least), most, 4).map(formats[chart.y.unit]);
};

// A name with as many letters as there is room for.
const fitted = (name, room) => {
  const most = Math.max(6, Math.floor(room / LETTER));
  return name.length <= most ? name : `${name.slice(0, most - 1).trimEnd()}…`;
};

// Draws, or draws again at the width that the figure has now.
const draw = (figure, width) => {
  const chart = JSON.parse(figure.dataset.chart);
  const table = figure.querySelector("table");
  const rows = rowsOf(table);
  const place = figure.querySelector(".chart");
  const lines = linesOf(chart, rows);
  const narrow = width < NARROW;
  const longest = (names) => Math.max(0, ...names.map((name) => name.length)) * LETTER;
  const mayName = !narrow && lines.length > 1;
  const bars = chart.y.scale === "category";
  const categories = bars ? Array.from(new Set(rows.map((row) => row[chart.marks.find((mark) => "y" in mark).y].words))) : [];
  // Names that leave too little room beside them stand above their bars.
  const lift = longest(categories) + 16 > width * 0.42 ? 16 : 0;
  const marginLeft = lift > 0 ? 12 : bars ? longest(categories) + 16 : Math.max(56, longest(ticksOf(chart, rows)) + 14);
  const barWords = bars ? chart.marks.filter((mark) => mark.mark === "bar").flatMap((mark) => rows.filter((row) => row[mark.to].number !== null).map((row) => row[mark.to].words)) : [];
  const marginRight = mayName ? Math.min(longest(lines.map((line) => line.name)) + 22, 190) : bars ? Math.min(longest(barWords) + 14, width * 0.4) : 20;
  const rules = chart.marks.filter((mark) => mark.mark === "rule" && mark.across === "x").length;
  const marginTop = 26 + ROW * rules;
  const height = bars ? marginTop + 50 + categories.length * (32 + lift) : (narrow ? 260 : 320) + ROW * rules;
  const [least, most] = extent(chart, rows, "x");
  const middle = chart.x.scale === "log" ? Math.sqrt(least * most) : (Math.min(0, least) + most) / 2;
  const top = bars ? undefined : extent(chart, rows, "y")[1];
  const wide = width - marginLeft - marginRight;
  const room = (value) => (wide * value) / most;
  const x = axisOf(chart.x, wide, most);
  const y = bars ? { label: null, domain: categories, tickSize: lift > 0 ? 0 : 6, tickFormat: (name) => (lift > 0 ? "" : name) } : axisOf(chart.y, height - 60, top);
  const turned = narrow && chart.x.scale === "category";
  if (chart.x.scale === "category") Object.assign(x, { type: "point", tickRotate: turned ? -40 : 0, domain: Array.from(new Set(lines.flatMap((line) => line.points.map(line.x)))) });
  const tips = lines.map((line) => Plot.tip(line.points, Plot.pointer({ x: line.x, y: line.y, title: told(table), fill: "var(--paper)", stroke: "var(--line)" })));
  const [under, labels] = marksOf(chart, rows, { middle, room, lift });
  if (lift > 0) labels.push(words(categories, { y: (name) => name, text: (name) => fitted(name, width - 14), lineWidth: Infinity, frameAnchor: "left", textAnchor: "start", dy: -lift / 2 - 4 }));
  const svg = Plot.plot({
    width,
    height,
    marginLeft,
    marginRight,
    marginTop,
    marginBottom: turned ? 84 : 46,
    style: { fontSize: "12px", fontFamily: "inherit", background: "none" },
    x: { ...x, grid: bars, labelOffset: turned ? 76 : 38 },
    y: { ...y, grid: !bars },
    marks: [
      ...under,
      ...lines.flatMap((line) => [
        Plot.line(line.points, { x: line.x, y: line.y, stroke: line.colour, strokeWidth: 2, strokeDasharray: line.dash || undefined }),
        line.points.length <= FEW_POINTS ? Plot.dot(line.points, { x: line.x, y: line.y, symbol: line.marker, fill: line.colour, stroke: line.colour, r: 3.5 }) : null,
      ]),
      bars && least < 0 ? Plot.ruleX([0], { stroke: "var(--ink)" }) : null,
      ...labels,
      ...tips,
    ],
  });
  d3.select(svg).insert("defs", ":first-child").html(HATCHED);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${figure.querySelector("figcaption").textContent} The numbers are in the table below.`);
  if (lift > 0) partRules(svg, categories, lift);
  const ends = mayName ? endsOf(svg, lines) : null;
  if (ends) nameLines(svg, ends, width - marginRight);
  place.replaceChildren(...[keyOf(chart, lines, ends !== null || lines.length < 2), svg].filter(Boolean));
};
