import type uPlot from "uplot";
import { lineRange, logTicks, niceTop, percentile, ticks, zeroRange, type Range } from "../data/range";
import { ema } from "../data/smooth";
import type { SeriesName } from "../data/history";
import type { Evaluation } from "../data/types";
import { add, h, setText } from "../ui/dom";
import { color } from "../ui/theme";
import { count, UNKNOWN } from "../words/format";
import type { Frame } from "./frame";
import { roomAtTop } from "./room";
import * as paint from "./paint";
import { AXIS_WIDTH, makePlot, PAD } from "./plot";
import { powerNote, powerOf, type RowSpec } from "./rows";

export interface RowHooks { cursor(index: number | null): void; select(min: number, max: number): void; whole(): void }

const TAG_SPACE = 15;
const LABEL_CLEAR = 13;

/** One row of the score: rail on the left, plot on the right. */
export class Row {
  readonly element: HTMLElement;
  readonly plot: HTMLElement;
  private readonly values: HTMLElement[] = [];
  private readonly note = h("span", { class: "note" });
  private readonly empty = h("p", { class: "plot-empty", hidden: true });
  private readonly live = h("div", { class: "visually-hidden", "aria-live": "polite" });
  private readonly lines: Float64Array[];
  private sums: Float64Array[] = [];
  private u: uPlot | null = null;
  private frame: Frame | null = null;
  private range: Range;
  private rangeBase = 0;
  private tags: paint.Tag[] = [];
  private evaluations: readonly Evaluation[] = [];
  private power = 0;
  /** The newest values of the run, also while an older window is shown. */
  private newest: number[] = [];
  private readonly scratch: Float64Array[] = [];

  constructor(readonly spec: RowSpec, private readonly hooks: RowHooks) {
    this.lines = spec.lines.map(() => new Float64Array(0));
    this.range = spec.scale === "log" ? { min: 0.3, max: 10 } : { min: 0, max: 1 };
    const legend = h("ul", { class: spec.kind === "stack" ? "legend two" : "legend" });
    for (const line of spec.lines) {
      const value = h("b", {}, UNKNOWN);
      this.values.push(value);
      const swatch = h("i", { class: spec.kind === "stack" ? "swatch" : "swatch dash", "data-token": line.token.slice(2) });
      legend.append(h("li", {}, swatch, h("span", {}, line.label), value));
    }
    const rail = h("div", { class: "rail" }, h("div", { class: "rail-title" }, h("h2", {}, spec.title), this.note), legend);
    this.plot = h("div", { class: "plot", role: "img", tabindex: "0", "aria-label": spec.title, "data-testid": `plot-${spec.id}` }, this.empty);
    this.element = h("section", { class: `track track-${spec.id}`, "data-testid": `track-${spec.id}` }, rail, this.plot, this.live);
    if (spec.id === "gradnorm") setText(this.note, "log");
    this.plot.addEventListener("keydown", (e) => {
      if (e.key === "Enter") setText(this.live, `${spec.title} ${this.readOut()}`);
    });
  }

  /** Adds to the rail, at its lower edge. */
  footer(...content: HTMLElement[]): void {
    const rail = this.element.querySelector(".rail")!;
    add(rail, [h("div", { class: "rail-foot" }, ...content)]);
  }

  resize(width: number): void {
    const height = this.plot.clientHeight;
    if (width <= AXIS_WIDTH || height === 0) return;
    if (this.u) this.u.setSize({ width, height });
    else {
      this.u = makePlot(this.plot, width, height, this.spec.scale === "log", {
        draw: (u) => this.draw(u),
        cursor: (i) => this.hooks.cursor(i),
        select: (a, b) => this.hooks.select(a, b),
        whole: () => this.hooks.whole(),
        ticksX: () => this.frame?.ticks ?? [],
        ticksY: (u) => this.ticksY(u),
        labelsY: (u, t) => this.labelsY(u, t),
        rangeX: () => (this.frame ? [this.frame.min, this.frame.max] : [0, 1]),
        rangeY: () => [this.range.min, this.range.max],
      });
    }
  }

  get chart(): uPlot | null {
    return this.u;
  }

  /** Takes the new frame in and draws. */
  update(frame: Frame, evaluations: readonly Evaluation[]): void {
    this.frame = frame;
    this.evaluations = evaluations;
    this.smooth(frame);
    this.fit(frame);
    this.u?.setData([frame.xs, frame.xs] as unknown as uPlot.AlignedData, true);
    // labels give way to the tags, which move with every value
    this.u?.redraw(false, true);
  }

  /** The values of a bucket, or the newest ones; `at` says which. */
  show(index: number | null): void {
    const f = this.frame;
    const at = index ?? (f ? f.whole.length - 1 : -1);
    if (this.spec.kind === "points") this.showEvaluation(f, index);
    else
      this.lines.forEach((line, i) => {
        const v = !f || at < 0 ? NaN : index === null ? this.newest[i]! : this.valueAt(f, line, i, at);
        const known = f !== null && at >= 0;
        setText(this.values[i]!, known ? this.said(v) : UNKNOWN);
        this.values[i]!.classList.toggle("bad", known && Number.isNaN(v));
      });
    if (this.spec.id === "steptime" && f && at >= 0) setText(this.note, `${this.spec.value(index === null ? this.newest.reduce((a, b) => a + b, 0) : (this.sums[this.sums.length - 1]?.[at] ?? NaN))}\u202fs, slowest path`);
    if (this.spec.id === "loss" && f) setText(this.note, index === null ? (f.history.length ? "now" : "") : `at step ${count(f.history.last[index]!)}`);
    if (this.spec.id === "lr") setText(this.note, powerNote(this.power));
    if (index === null) this.plot.setAttribute("aria-label", `${this.spec.title} by step: ${this.readOut()}`);
  }

  /** Shows a line of text on the empty grid; null takes it away. */
  say(words: string | null): void {
    this.empty.hidden = words === null;
    if (words !== null) setText(this.empty, words);
  }

  // the newest value is said as it is when it is not finite, although the curve breaks there
  private valueAt(f: Frame, line: Float64Array, i: number, at: number): number {
    const v = line[at]!;
    return Number.isFinite(v) ? v : f.history.column(this.spec.lines[i]!.series).mean[at]!;
  }

  private said(v: number): string {
    return this.spec.value(this.spec.id === "lr" ? v / 10 ** this.power : v);
  }

  private readOut(): string {
    return this.spec.lines.map((l, i) => `${l.label} ${this.values[i]!.textContent}`).join(", ");
  }

  private showEvaluation(f: Frame | null, index: number | null): void {
    const step = f && index !== null ? f.history.last[index]! : Infinity;
    const known = this.evaluations.filter((e) => e.step <= step);
    const e = known[known.length - 1];
    setText(this.note, e ? `${count(e.candidates)} pairs` : "");
    setText(this.values[0]!, e ? this.said(e.imageToTextR1) : UNKNOWN);
    setText(this.values[1]!, e ? this.said(e.textToImageR1) : UNKNOWN);
  }

  private smooth(f: Frame): void {
    const hst = f.history;
    if (this.spec.kind === "points") return;
    this.spec.lines.forEach((line, i) => {
      if (this.lines[i]!.length < hst.length) this.lines[i] = new Float64Array(Math.max(1024, hst.first.length));
      ema(hst.column(line.series).mean, hst.count, hst.first, hst.last, hst.length, this.spec.smooth ? f.smoothing : 0, this.lines[i]!);
    });
    this.newest = this.spec.lines.map((line, i) => this.newestOf(f, line.series, i));
    if (this.spec.kind !== "stack") return;
    this.sums = this.lines.map(() => new Float64Array(hst.length));
    for (let i = 0; i < hst.length; i++) {
      let sum = 0;
      for (let s = 0; s < this.lines.length; s++) this.sums[s]![i] = sum += Math.max(0, this.lines[s]![i]!);
    }
  }

  private newestOf(f: Frame, series: SeriesName, i: number): number {
    const { whole } = f;
    const end = whole.length - 1;
    if (end < 0) return NaN;
    let line = this.lines[i]!;
    if (whole !== f.history) {
      if ((this.scratch[i]?.length ?? 0) < whole.length) this.scratch[i] = new Float64Array(whole.first.length);
      line = this.scratch[i]!;
      ema(whole.column(series).mean, whole.count, whole.first, whole.last, whole.length, this.spec.smooth ? f.smoothing : 0, line);
    }
    // said as it is when it is not finite, although the curve breaks there
    return Number.isFinite(line[end]!) ? line[end]! : whole.column(series).mean[end]!;
  }

  private fit(f: Frame): void {
    const { scale, kind } = this.spec;
    let range: Range | null;
    if (scale === "share") {
      const top = Math.max(0.001, ...this.evaluations.map((e) => Math.max(e.imageToTextR1, e.textToImageR1)));
      range = { min: 0, max: Math.min(1, niceTop(top * 1.1)) };
    } else if (kind === "stack") range = zeroRange(this.sums[this.sums.length - 1]!, f.from, f.to);
    else if (scale === "zero") {
      range = zeroRange(this.lines[0]!, f.from, f.to);
      if (this.spec.id === "lr" && range) range.max = Math.max(...this.lines[0]!.subarray(f.from, f.to)) * 1.12 || 1;
    } else if (scale === "log") range = logRange(this.lines[0]!, f);
    else range = lineRange(this.lines, f.history.last, f.from, f.to, f.totalSteps * 0.05);
    if (this.spec.id === "lr" && range) this.power = powerOf(range.max / 1.12);
    if (!range) return;
    // while following it only grows, until the run is a quarter longer: nothing jumps under the eye
    const held = f.follow && this.rangeBase > 0 && f.max <= this.rangeBase * 1.25 && f.max >= this.rangeBase;
    if (held) this.range = { min: Math.min(range.min, this.range.min), max: Math.max(range.max, this.range.max) };
    else {
      this.range = range;
      this.rangeBase = f.max;
    }
    if (!(this.range.max > this.range.min)) this.range = { min: this.range.min - 0.5, max: this.range.min + 0.5 };
  }

  private ticksY(u: uPlot): number[] {
    const { min, max } = this.range;
    const height = u.height - 2 * PAD;
    if (this.spec.scale === "log") return logTicks(min, max);
    const scale = this.spec.id === "lr" ? 10 ** this.power : 1;
    return ticks(min / scale, max / scale, Math.max(2, Math.floor(height / 36))).map((t) => t * scale);
  }

  private labelsY(u: uPlot, at: number[]): (string | null)[] {
    this.tags = this.makeTags(u);
    const scale = this.spec.id === "lr" ? 10 ** this.power : 1;
    const step = at.length > 1 ? (at[1]! - at[0]!) / scale : 1;
    const decimals = Math.max(0, Math.min(6, Math.ceil(-Math.log10(step) - 1e-9)));
    return at.map((t) => {
      const y = this.place(u, t);
      return this.tags.some((tag) => Math.abs(tag.y - y) < LABEL_CLEAR) ? null : this.spec.tick(t / scale, decimals);
    });
  }

  /** Where a value stands, in CSS pixels from the top of the canvas: known before the chart has laid itself out. */
  private place(u: uPlot, value: number): number {
    const { min, max } = this.range;
    const height = u.height - 2 * PAD;
    const share = this.spec.scale === "log" ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
    return PAD + height - share * height;
  }

  private makeTags(u: uPlot): paint.Tag[] {
    const f = this.frame;
    if (!f) return [];
    const newest: [number, string][] =
      this.spec.kind === "stack" ? [] :
      this.spec.kind === "points"
        ? this.evaluations.slice(-1).flatMap((e) => [[e.imageToTextR1, "--s3"], [e.textToImageR1, "--s4"]] as [number, string][])
        : this.newest.map((v, i) => [v, this.spec.lines[i]!.token]);
    const [top, bottom] = [PAD, u.height - PAD];
    const tags = newest
      .filter(([v]) => Number.isFinite(v) && (this.spec.scale !== "log" || v > 0))
      .map(([v, token]) => ({ y: Math.min(Math.max(this.place(u, v), top), bottom), token, words: short(this.said(v)) }));
    return paint.spread(tags, top, bottom, TAG_SPACE);
  }

  private draw(u: uPlot): void {
    const f = this.frame;
    if (!f) return;
    const g = paint.gridOf(u, this.spec.scale === "log");
    paint.clipped(g, () => {
      if (f.silentFrom !== null) paint.hatch(g, f.silentFrom, "--edge");
      if (this.spec.kind === "stack") {
        paint.stack(g, f, this.lines, this.spec.lines.map((l) => l.token));
        paint.markLines(g, f);
        return;
      }
      paint.markLines(g, f);
      if (this.spec.kind === "points") return this.drawEvaluations(g, f);
      if (this.spec.band) for (const l of this.spec.lines) paint.band(g, f, f.history.column(l.series).min, f.history.column(l.series).max, l.token);
      for (let i = this.spec.lines.length - 1; i >= 0; i--) paint.line(g, f, this.lines[i]!, this.spec.lines[i]!.token, this.spec.lines[i]!.width ?? 1.5);
      if (this.spec.id === "loss") this.drawOutside(g, f);
      if (this.spec.id === "loss" || this.spec.id === "gradnorm") paint.notFinite(g, f);
    });
    paint.drawTags(g, this.tags);
  }

  private drawEvaluations(g: paint.Grid, f: Frame): void {
    const { ctx } = g;
    for (const [pick, token] of [[(e: Evaluation) => e.imageToTextR1, "--s3"], [(e: Evaluation) => e.textToImageR1, "--s4"]] as const) {
      const points = this.evaluations.map((e) => [g.x(f.xOf({ step: e.step, at: Date.parse(e.at) })), g.y(pick(e))] as const);
      ctx.strokeStyle = color(token);
      ctx.lineWidth = 1.5 * g.ratio;
      ctx.beginPath();
      for (const [x, y] of points) ctx.lineTo(x, y);
      ctx.stroke();
      for (const [x, y] of points) {
        ctx.beginPath();
        ctx.arc(x, y, 3.2 * g.ratio, 0, 2 * Math.PI);
        ctx.fillStyle = color("--surface");
        ctx.fill();
        ctx.beginPath();
        ctx.arc(x, y, 2.4 * g.ratio, 0, 2 * Math.PI);
        ctx.fillStyle = color(token);
        ctx.fill();
      }
    }
  }

  // what is cut off at the top is told: how high, and where
  private drawOutside(g: paint.Grid, f: Frame): void {
    const means = f.history.column(this.spec.lines[0]!.series).max;
    let highest = f.from;
    for (let i = f.from; i < f.to; i++) if (means[i]! > (means[highest]! || -Infinity)) highest = i;
    if (!(means[highest]! > g.max)) return;
    const words = `▲ ${this.spec.value(means[highest]!).replace(/(\.\d\d)\d+$/, "$1")} at step ${count(f.history.last[highest]!)}`;
    // beside the place where the curve comes back into view
    let back = highest;
    while (back < f.to - 1 && !(this.lines[0]![back]! < g.max)) back++;
    const x = g.x(f.xs[back]!);
    const nearRight = x > g.left + g.width * 0.7;
    g.ctx.font = paint.font(500, g.ratio);
    const place = nearRight ? x - 8 * g.ratio : this.besideCurves(g, f, Math.max(x, g.left) + 8 * g.ratio, g.ctx.measureText(words).width + 8 * g.ratio);
    paint.onTop(g, words, place, g.top + 8 * g.ratio, "--ink-3", nearRight ? "right" : "left");
  }

  private besideCurves(g: paint.Grid, f: Frame, start: number, width: number): number {
    const xs = Float64Array.from({ length: f.to - f.from }, (_, i) => g.x(f.xs[f.from + i]!));
    const tops = xs.map((_, i) => {
      let top = Infinity;
      this.spec.lines.forEach((line, l) => {
        for (const value of [f.history.column(line.series).max[f.from + i]!, this.lines[l]![f.from + i]!]) if (Number.isFinite(value)) top = Math.min(top, g.y(value));
      });
      return top;
    });
    return roomAtTop(xs, tops, start, width, g.top + 17 * g.ratio);
  }
}

/** A value at the axis has room for seven signs. */
const short = (words: string): string => (words.length > 6 && words.includes(".") && !words.includes("%") ? words.slice(0, 6) : words);

function logRange(line: Float64Array, f: Frame): Range | null {
  const values = [...line.subarray(f.from, f.to)].filter((v) => Number.isFinite(v) && v > 0).sort((a, b) => a - b);
  if (values.length === 0) return null;
  const low = percentile(values, 0.02);
  const high = values[values.length - 1]!;
  return { min: low / 2.2, max: Math.max(high * 1.6, low * 4) };
}
