"use strict";
// Numbers of axes and labels, as the report writes them.

const significant = (value) => {
  if (value === 0) return "0";
  const decimals = Math.max(0, Math.min(9, 2 - Math.floor(Math.log10(Math.abs(value)))));
  const text = value.toFixed(decimals);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
};

const grouped = (value) =>
  Math.abs(value) < 100 ? significant(value) : Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, ",");

const scaled = (value, factor, units) => {
  let unit = 0;
  while (Math.abs(value) >= factor && unit < units.length - 1) {
    value /= factor;
    unit += 1;
  }
  return `${significant(value)}${units[unit]}`;
};

const duration = (value) => {
  const size = Math.abs(value);
  if (size === 0) return "0 s";
  if (size < 1) return `${significant(value * 1e3)} ms`;
  if (size < 600) return `${significant(value)} s`;
  if (size < 7200) return `${significant(value / 60)} min`;
  if (size < 172800) return `${significant(value / 3600)} h`;
  return `${significant(value / 86400)} d`;
};

const formats = {
  number: (value) => (Math.abs(value) < 1e6 ? grouped(value) : scaled(value / 1e6, 1000, [" M", " G", " T"])),
  times: (value) => `${significant(value)}x`,
  share: (value) => `${significant(value * 100)}%`,
  change: (value) => `${value > 0 ? "+" : ""}${significant(value * 100)}%`,
  seconds: duration,
  bytes: (value) => scaled(value, 1024, [" B", " KiB", " MiB", " GiB", " TiB", " PiB"]),
  words: String,
};
