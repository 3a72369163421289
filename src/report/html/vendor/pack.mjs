// Bundles what the charts use of the library, and packs it. See README.md.
import { buildSync } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";

const bundle = (options) => {
  const made = buildSync({ bundle: true, minify: true, format: "iife", target: "es2020", legalComments: "none", write: false, ...options });
  return made.outputFiles[0].text;
};
const charts = bundle({ entryPoints: ["charts.js"] });
const inflate = bundle({ stdin: { contents: 'import { inflateSync } from "fflate"; globalThis.inflate = inflateSync;', resolveDir: "." } });
writeFileSync("charts.b64", deflateRawSync(charts, { level: 9, memLevel: 9 }).toString("base64"));
writeFileSync("inflate.min.js", inflate);
for (const [name, text] of [["charts", charts], ["inflate.min.js", inflate]]) {
  console.log(createHash("sha256").update(text).digest("hex"), text.length, name);
}
