import { barX, dot, line, plot, pointer, rect, ruleX, ruleY, text, tickX, tip } from "@observablehq/plot";
import { create, extent, select, symbol, symbolCircle, symbolCross, symbolDiamond, symbolPlus, symbolSquare, symbolStar, symbolTriangle, symbolWye, ticks } from "d3";
globalThis.Plot = { barX, dot, line, plot, pointer, rect, ruleX, ruleY, text, tickX, tip };
globalThis.d3 = { create, extent, select, symbol, symbolCircle, symbolCross, symbolDiamond, symbolPlus, symbolSquare, symbolStar, symbolTriangle, symbolWye, ticks };
