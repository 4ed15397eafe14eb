import type { CellResult } from "../run/run-bench.js";
import { type Figures, figuresOf } from "./figures.js";
import { formatNumber, formatSize } from "./format.js";

const WIDTH = 860;
const LABEL_WIDTH = 250;
const VALUE_WIDTH = 150;
const BAR_WIDTH = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
const ROW_HEIGHT = 24;
const BAR_HEIGHT = 14;
const PANEL_HEAD = 52;
const HEAD = 70;

// Both modes in one file: a reader's page sets the mode, and an image cannot be asked for it.
const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
  .background { fill: #ffffff; }
  .title { font-size: 17px; font-weight: 600; }
  .panel { font-weight: 600; }
  .quiet { fill: #59636e; font-size: 12px; }
  .label { text-anchor: end; }
  .stationkit { fill: #1a7f64; }
  .peer { fill: #8c95a0; }
  .ceiling { fill: #c99a2e; }
  .axis { stroke: #d1d9e0; }
  .whisker { stroke: #1f2328; stroke-width: 1.5; fill: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .background { fill: #0d1117; }
    .quiet { fill: #9198a1; }
    .stationkit { fill: #2ea384; }
    .peer { fill: #6e7681; }
    .ceiling { fill: #d4a72c; }
    .axis { stroke: #3d444d; }
    .whisker { stroke: #f0f6fc; }
  }`;

/** What stands above the bars. */
export interface ChartText {
  readonly title: string;
  readonly subtitle: string;
}

/** Messages per second as bars, a panel with a scale of its own for each size; whiskers go from the slowest to the fastest round. */
export function drawChart(cells: readonly CellResult[], { title, subtitle }: ChartText): string {
  const sizes = [...new Set(cells.map(({ cell }) => cell.sizeBytes))];
  let y = HEAD;
  const panels = sizes.map((bytes) => {
    const rows = cells.filter(({ cell }) => cell.sizeBytes === bytes).flatMap((result) => figuresOf(result) ?? []);
    const panel = drawPanel(`${formatSize(bytes)} messages, msg/s`, rows, y);
    y += PANEL_HEAD + rows.length * ROW_HEIGHT;
    return panel;
  });
  const height = y + 16;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="background" width="${WIDTH}" height="${height}" rx="6"/>`,
    `<text class="title" x="24" y="34">${escape(title)}</text>`,
    `<text class="quiet" x="24" y="56">${escape(subtitle)}</text>`,
    ...panels,
    "</svg>\n",
  ].join("\n");
}

function drawPanel(title: string, rows: readonly Figures[], top: number): string {
  const largest = Math.max(...rows.map(({ messagesPerSecond }) => messagesPerSecond.max));
  const first = top + PANEL_HEAD - 12;
  return [
    `<text class="panel" x="24" y="${top + 26}">${escape(title)}</text>`,
    ...rows.map((row, index) => drawRow(row, first + index * ROW_HEIGHT, BAR_WIDTH / largest)),
    `<line class="axis" x1="${LABEL_WIDTH}" x2="${LABEL_WIDTH}" y1="${first - 4}" y2="${first + rows.length * ROW_HEIGHT}"/>`,
  ].join("\n");
}

/** @param scale - pixels per message per second. */
function drawRow({ result, messagesPerSecond }: Figures, top: number, scale: number): string {
  const { median, min, max } = messagesPerSecond;
  const at = (value: number): number => Math.round((LABEL_WIDTH + value * scale) * 10) / 10;
  const middle = top + ROW_HEIGHT / 2;
  const tick = (x: number): string => `M${x} ${middle - 4}V${middle + 4}`;
  return [
    `<text class="label" x="${LABEL_WIDTH - 10}" y="${middle + 4}">${escape(result.title)}</text>`,
    `<rect class="${result.kind}" x="${LABEL_WIDTH}" y="${middle - BAR_HEIGHT / 2}" width="${(at(median) - LABEL_WIDTH).toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
    `<path class="whisker" d="M${at(min)} ${middle}H${at(max)}${tick(at(min))}${tick(at(max))}"/>`,
    `<text x="${at(max) + 10}" y="${middle + 4}">${formatNumber(median)}</text>`,
  ].join("\n");
}

function escape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
