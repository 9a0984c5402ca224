import type uPlot from "uplot";
import { alpha, color, isDark } from "../ui/theme";
import type { Frame } from "./frame";
import { MARKS } from "./marks";

/** Where a plot's values are on its canvas, in device pixels. */
export interface Grid {
  ctx: CanvasRenderingContext2D; left: number; top: number; width: number; height: number; ratio: number;
  x(value: number): number; y(value: number): number; log: boolean; min: number; max: number;
}

export function gridOf(u: uPlot, log: boolean): Grid {
  const { left, top, width, height } = u.bbox;
  const x = u.scales.x!;
  const y = u.scales.y!;
  const [x0, x1] = [x.min ?? 0, x.max ?? 1];
  const [y0, y1] = [y.min ?? 0, y.max ?? 1];
  const [l0, l1] = [Math.log(y0), Math.log(y1)];
  return {
    ctx: u.ctx, left, top, width, height, ratio: devicePixelRatio, log, min: y0, max: y1,
    x: (v) => left + ((v - x0) / (x1 - x0)) * width,
    y: log ? (v) => top + height - ((Math.log(v) - l0) / (l1 - l0)) * height : (v) => top + height - ((v - y0) / (y1 - y0)) * height,
  };
}

export function clipped(g: Grid, draw: () => void): void {
  g.ctx.save();
  g.ctx.beginPath();
  g.ctx.rect(g.left, g.top, g.width, g.height);
  g.ctx.clip();
  draw();
  g.ctx.restore();
}

/** Two buckets belong to one curve when no step lies between them. */
const joins = (f: Frame, i: number): boolean => i > f.from && f.history.first[i]! <= f.history.last[i - 1]! + 1;

const drawable = (g: Grid, value: number): boolean => Number.isFinite(value) && (!g.log || value > 0);

export function line(g: Grid, f: Frame, values: Float64Array, token: string, width: number): void {
  const { ctx } = g;
  ctx.beginPath();
  let open = false;
  for (let i = f.from; i < f.to; i++) {
    const v = values[i]!;
    if (!drawable(g, v)) {
      open = false;
      continue;
    }
    const [x, y] = [g.x(f.xs[i]!), g.y(v)];
    if (open && joins(f, i)) ctx.lineTo(x, y);
    else {
      ctx.moveTo(x, y);
      // a value alone between two holes would leave no trace
      if (i + 1 >= f.to || !drawable(g, values[i + 1]!)) ctx.lineTo(x + 1, y);
    }
    open = true;
  }
  ctx.strokeStyle = color(token);
  ctx.lineWidth = width * g.ratio;
  ctx.lineJoin = "round";
  ctx.lineCap = "butt";
  ctx.stroke();
}

/** Lowest and highest value of each bucket behind a curve, so that a spike of one step is seen at any zoom. */
export function band(g: Grid, f: Frame, min: Float64Array, max: Float64Array, token: string): void {
  const { ctx } = g;
  const low = g.log ? g.min : -Infinity;
  ctx.fillStyle = alpha(color(token), isDark() ? 0.34 : 0.24);
  let start = f.from;
  const flush = (end: number): void => {
    if (end - start < 1) return;
    ctx.beginPath();
    for (let i = start; i < end; i++) ctx.lineTo(g.x(f.xs[i]!), g.y(max[i]!) - 0.5 * g.ratio);
    for (let i = end - 1; i >= start; i--) ctx.lineTo(g.x(f.xs[i]!), g.y(Math.max(min[i]!, low)) + 0.5 * g.ratio);
    ctx.closePath();
    ctx.fill();
  };
  for (let i = f.from; i < f.to; i++) {
    const ok = drawable(g, max[i]!) && Number.isFinite(min[i]!);
    if (!ok || (i > start && !joins(f, i))) {
      flush(i);
      start = ok ? i : i + 1;
    }
  }
  flush(f.to);
}

const LEAST_COLUMN_PX = 3;

/**
 * Stepped areas on top of one another, from the lowest phase up. Buckets narrower than three pixels are put together,
 * weighted by their steps: the rims between the phases would eat them up. A rim of the ground parts neighbours.
 */
export function stack(g: Grid, f: Frame, phases: readonly Float64Array[], tokens: readonly string[]): void {
  const { ctx } = g;
  const columns = stackColumns(g, f, phases);
  const bottom = g.y(0);
  for (let s = phases.length - 1; s >= 0; s--) {
    ctx.fillStyle = color(tokens[s]!);
    ctx.beginPath();
    for (const c of columns) ctx.rect(c.left, g.y(c.sums[s]!), c.right - c.left + 0.6, bottom - g.y(c.sums[s]!));
    ctx.fill();
    ctx.strokeStyle = color("--surface");
    ctx.lineWidth = g.ratio;
    ctx.beginPath();
    let end = NaN;
    for (const c of columns) {
      const y = g.y(c.sums[s]!);
      if (Math.abs(c.left - end) < 1) ctx.lineTo(c.left, y);
      else ctx.moveTo(c.left, y);
      ctx.lineTo((end = c.right), y);
    }
    ctx.stroke();
  }
}

interface StackColumn { left: number; right: number; sums: Float64Array }

function stackColumns(g: Grid, f: Frame, phases: readonly Float64Array[]): StackColumn[] {
  const columns: StackColumn[] = [];
  const sums = new Float64Array(phases.length);
  let steps = 0;
  let left = 0;
  for (let i = f.from; i < f.to; i++) {
    let complete = true;
    for (const p of phases) complete &&= Number.isFinite(p[i]!);
    const right = g.x(f.xs[i]!);
    if (complete) {
      if (steps === 0) left = joins(f, i) || i === 0 ? (i > 0 ? g.x(f.xs[i - 1]!) : g.x(Math.min(f.min, f.xs[0]!))) : right - 1;
      phases.forEach((p, s) => (sums[s]! += Math.max(0, p[i]!) * f.history.count[i]!));
      steps += f.history.count[i]!;
    }
    const last = i + 1 >= f.to || !joins(f, i + 1);
    if (steps === 0 || (!last && complete && right - left < LEAST_COLUMN_PX * g.ratio)) continue;
    const done = new Float64Array(phases.length);
    let total = 0;
    for (let s = 0; s < done.length; s++) done[s] = total += sums[s]! / steps;
    columns.push({ left, right, sums: done });
    sums.fill(0);
    steps = 0;
  }
  return columns;
}

/** Vertical lines of the marks, through every row. */
export function markLines(g: Grid, f: Frame): void {
  const { ctx } = g;
  for (const mark of f.marks) {
    const style = MARKS[mark.kind];
    const at = f.xOf(mark);
    if (!style.line || at < f.min || at > f.max) continue;
    const x = Math.round(g.x(at)) + 0.5 * g.ratio;
    ctx.globalAlpha = 0.6;
    ctx.strokeStyle = color(style.token);
    ctx.lineWidth = g.ratio;
    ctx.setLineDash(style.line === "dashed" ? [4 * g.ratio, 3 * g.ratio] : []);
    ctx.beginPath();
    ctx.moveTo(x, g.top);
    ctx.lineTo(x, g.top + g.height);
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
  ctx.setLineDash([]);
}

/** × on the lower edge where a value was not finite. */
export function notFinite(g: Grid, f: Frame): void {
  const { ctx } = g;
  const r = 3.2 * g.ratio;
  const y = g.top + g.height - 6 * g.ratio;
  let labelled = -Infinity;
  for (let i = f.from; i < f.to; i++) {
    if (f.history.bad[i] === 0) continue;
    const x = g.x(f.xs[i]!);
    ctx.strokeStyle = color("--bad");
    ctx.lineWidth = 2 * g.ratio;
    ctx.beginPath();
    ctx.moveTo(x - r, y - r);
    ctx.lineTo(x + r, y + r);
    ctx.moveTo(x + r, y - r);
    ctx.lineTo(x - r, y + r);
    ctx.stroke();
    if (x - labelled > 60 * g.ratio) {
      text(g, "NaN", x + 7 * g.ratio, y, "--bad-text", "left", 600);
      labelled = x;
    }
  }
}

/** A hatch over what is not known. */
export function hatch(g: Grid, from: number, token: string): void {
  const { ctx } = g;
  const right = g.left + g.width;
  const x0 = Math.max(g.left, g.x(from));
  if (right - x0 < 1) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(x0, g.top, right - x0, g.height);
  ctx.clip();
  ctx.strokeStyle = color(token);
  ctx.lineWidth = 1.5 * g.ratio;
  ctx.beginPath();
  const step = 7 * g.ratio;
  for (let x = x0 - g.height; x < right; x += step) {
    ctx.moveTo(x, g.top + g.height);
    ctx.lineTo(x + g.height, g.top);
  }
  ctx.stroke();
  ctx.restore();
}

export function text(g: Grid, words: string, x: number, y: number, token: string, align: CanvasTextAlign, weight = 500): void {
  const { ctx } = g;
  ctx.font = font(weight, g.ratio);
  ctx.textAlign = align;
  ctx.textBaseline = "middle";
  ctx.fillStyle = color(token);
  ctx.fillText(words, x, y);
}

/** Words on top of curves: a rim of the ground keeps them readable. */
export function onTop(g: Grid, words: string, x: number, y: number, token: string, align: CanvasTextAlign): void {
  g.ctx.font = font(500, g.ratio);
  g.ctx.textAlign = align;
  g.ctx.textBaseline = "middle";
  g.ctx.strokeStyle = color("--surface");
  g.ctx.lineWidth = 4 * g.ratio;
  g.ctx.lineJoin = "round";
  g.ctx.strokeText(words, x, y);
  text(g, words, x, y, token, align);
}

export const font = (weight: number, ratio: number): string => `${weight} ${11 * ratio}px ${color("--font")}`;

/** Newest values at the axis (y in CSS pixels): a bar in the curve's colour and the value, moved apart so that all can be read. */
export interface Tag { y: number; token: string; words: string }

export function spread(tags: Tag[], top: number, bottom: number, space: number): Tag[] {
  const sorted = [...tags].sort((a, b) => a.y - b.y);
  for (let i = 0; i < sorted.length; i++) {
    const least = i === 0 ? top : sorted[i - 1]!.y + space;
    sorted[i]!.y = Math.max(sorted[i]!.y, least);
  }
  for (let i = sorted.length - 1; i >= 0; i--) {
    const most = i === sorted.length - 1 ? bottom : sorted[i + 1]!.y - space;
    sorted[i]!.y = Math.min(sorted[i]!.y, most);
  }
  return sorted;
}

export function drawTags(g: Grid, tags: readonly Tag[]): void {
  const right = g.left + g.width;
  for (const tag of tags) {
    const y = tag.y * g.ratio;
    g.ctx.fillStyle = color(tag.token);
    g.ctx.fillRect(right + 2 * g.ratio, y - 6.5 * g.ratio, 3 * g.ratio, 13 * g.ratio);
    text(g, tag.words, right + 9 * g.ratio, y + 0.5 * g.ratio, "--ink-1", "left", 600);
  }
}
