import type { Frame, XAxis } from "../charts/frame";
import { marksOf } from "../charts/marks";
import { AXIS_WIDTH } from "../charts/plot";
import { Row } from "../charts/row";
import { ROWS } from "../charts/rows";
import { axisLabel, Ruler } from "../charts/ruler";
import { Strip } from "../charts/strip";
import { getHistory } from "../data/api";
import { History } from "../data/history";
import { ticks } from "../data/range";
import { defaultSmoothing, SMOOTHING } from "../data/smooth";
import { hasEnded, time, type RunView, type StepRecord } from "../data/types";
import { h, setText } from "../ui/dom";
import { nextFrame } from "../ui/frame";
import { openPopover } from "../ui/popover";
import { onTheme } from "../ui/theme";
import { clock, clockWithSeconds, count } from "../words/format";
import { dataTable } from "./table";
import { Window } from "./window";

const PX_PER_BUCKET = 1.5;
const TICK_SPACE = 96;
/** Live steps are read again as history when there are this many. */
const MOST_LIVE = 600;

/** The score: goodput strip, ruler and rows on one axis under one cursor. */
export class Score {
  readonly element = h("div", { class: "score" });
  readonly window = new Window();
  private readonly whole = new History();
  private zoomed: History | null = null;
  private readonly rows: Row[];
  private readonly ruler = new Ruler();
  private readonly strip: Strip;
  private readonly rail: HTMLElement;
  private readonly followButton: HTMLButtonElement;
  private readonly axisButtons: HTMLButtonElement[];
  private readonly emaButton: HTMLButtonElement;
  private readonly tableButton = h("button", { type: "button", class: "link", "data-testid": "table", onclick: () => this.openTable() }, "Table");
  private view: RunView | null = null;
  private axis: XAxis = "step";
  private smoothing: number | null = null;
  private cursor: number | null = null;
  private frame: Frame | null = null;
  private width = 0;
  private xs = new Float64Array(0);
  private loads = 0;
  private loading: AbortController | null = null;
  private reloadTimer: ReturnType<typeof setTimeout> | null = null;
  private silentSince: number | null = null;
  private loaded = false;
  private fault: string | null = null;
  private readonly observer: ResizeObserver;
  private readonly offTheme: () => void;

  constructor(private readonly id: string, private readonly now: () => number) {
    const hooks = {
      cursor: (i: number | null) => this.moved(i),
      select: (a: number, b: number) => this.selected(a, b),
      whole: () => this.showWhole(),
    };
    this.rows = ROWS.map((spec) => new Row(spec, hooks));
    this.axisButtons = (["step", "samples", "time"] as const).map((axis) =>
      h("button", { type: "button", "aria-pressed": axis === "step" ? "true" : "false", onclick: () => this.setAxis(axis) }, axis[0]!.toUpperCase() + axis.slice(1)));
    this.followButton = h("button", { type: "button", class: "follow", "aria-pressed": "true", "data-testid": "follow", onclick: () => this.toggleFollow() }, "Follow");
    this.emaButton = h("button", { type: "button", class: "link", "data-testid": "smoothing", onclick: () => this.nextSmoothing() }, "EMA");
    this.rows[0]!.footer(this.emaButton, h("button", { type: "button", class: "link", onclick: () => this.showWhole() }, "Whole run"), this.tableButton);
    this.rail = h("div", { class: "rail" }, h("div", { class: "segmented", role: "group", "aria-label": "Horizontal axis" }, ...this.axisButtons), this.followButton);
    this.strip = new Strip((a, b) => this.selectTime(a, b));
    this.element.append(this.strip.element, h("section", { class: "ruler" }, this.rail, this.ruler.element), ...this.rows.map((r) => r.element));
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(this.element);
    this.offTheme = onTheme(() => this.redraw());
  }

  close(): void {
    this.observer.disconnect();
    this.offTheme();
    this.loading?.abort();
    if (this.reloadTimer) clearTimeout(this.reloadTimer);
    for (const row of this.rows) row.chart?.destroy();
  }

  update(view: RunView, steps: readonly StepRecord[]): void {
    this.view = view;
    this.smoothing ??= defaultSmoothing(view.run.submission.totalSteps);
    let follows = this.whole.append(steps);
    if (this.zoomed && this.window.follow) follows = this.zoomed.append(steps) && follows;
    if (!follows || this.whole.liveCount > MOST_LIVE) this.reloadSoon();
    nextFrame(this.flush);
  }

  /** Reads the history (again): at the start, after a gap, after a zoom. */
  async reload(): Promise<void> {
    const load = ++this.loads;
    this.loading?.abort();
    const abort = (this.loading = new AbortController());
    const buckets = Math.max(64, Math.min(4000, Math.floor((this.plotWidth() || 1200) / PX_PER_BUCKET)));
    const zoom = this.window.zoom;
    try {
      const whole = getHistory(this.id, null, null, buckets, abort.signal);
      const lead = zoom ? Math.ceil((zoom.to - zoom.from) * 0.15) : 0;
      const part = zoom ? getHistory(this.id, Math.max(0, zoom.from - lead), this.window.follow ? null : zoom.to + 1, Math.ceil(buckets * 1.15), abort.signal) : null;
      const [all, some] = await Promise.all([whole, part]);
      if (load !== this.loads) return;
      this.whole.load(all);
      if (some && zoom === this.window.zoom) {
        this.zoomed ??= new History();
        this.zoomed.load(some);
      }
      this.loaded = true;
      this.fault = null;
    } catch (fault) {
      if (abort.signal.aborted) return;
      this.fault = `The history could not be read. ${fault instanceof Error ? fault.message : ""} Live values go on.`;
    }
    nextFrame(this.flush);
  }

  /** No news since then (server time), or null. */
  silent(since: number | null): void {
    if (this.silentSince === since) return;
    this.silentSince = since;
    nextFrame(this.flush);
  }

  showWhole(): void {
    this.window.whole();
    this.zoomed = null;
    nextFrame(this.flush);
  }

  toggleFollow(): void {
    const newest = this.newest();
    this.window.toggleFollow(newest, this.view?.run.submission.totalSteps ?? newest);
    if (this.window.zoom) this.reloadSoon(0);
    nextFrame(this.flush);
  }

  goTo(step: number): void {
    this.window.goTo(step, this.newest(), this.view?.run.submission.totalSteps ?? 0);
    this.reloadSoon(0);
    this.element.scrollIntoView({ block: "start" });
    nextFrame(this.flush);
  }

  nextAxis(): void {
    this.setAxis(this.axis === "step" ? "samples" : this.axis === "samples" ? "time" : "step");
  }

  nextSmoothing(): void {
    const at = SMOOTHING.indexOf((this.smoothing ?? 0) as (typeof SMOOTHING)[number]);
    this.smoothing = SMOOTHING[(at + 1) % SMOOTHING.length]!;
    nextFrame(this.flush);
  }

  /** Moves the cursor by buckets; from nowhere it begins at the newest. */
  step(by: number): void {
    const f = this.frame;
    const chart = this.rows[0]!.chart;
    if (!f || !chart || f.history.length === 0) return;
    const at = this.cursor ?? f.to - 1 - Math.max(0, by);
    const i = Math.min(Math.max(at + by, f.from), f.to - 1);
    chart.setCursor({ left: chart.valToPos(f.xs[i]!, "x"), top: 10 });
  }

  /** Moves the cursor to the next mark of the run in a direction. */
  jump(direction: 1 | -1): void {
    const f = this.frame;
    const chart = this.rows[0]!.chart;
    if (!f || !chart || f.history.length === 0) return;
    const here = this.cursor === null ? Infinity : f.history.last[this.cursor]!;
    const steps = f.marks.map((m) => m.step).filter((s) => (direction > 0 ? s > here : s < here));
    if (steps.length === 0) return;
    const step = direction > 0 ? Math.min(...steps) : Math.max(...steps);
    const i = f.history.indexOf(step);
    chart.setCursor({ left: chart.valToPos(f.xs[i]!, "x"), top: 10 });
  }

  private newest(): number {
    return Math.max(this.view?.run.step ?? 0, this.whole.newestStep);
  }

  private plotWidth(): number {
    const plot = this.rows[0]!.plot;
    return plot.clientWidth - AXIS_WIDTH;
  }

  private measure(): void {
    const width = this.plotWidth();
    if (width === this.width || width <= 0) return;
    const first = this.width === 0;
    this.width = width;
    for (const row of this.rows) row.resize(row.plot.clientWidth);
    if (first) void this.reload();
    else this.reloadSoon();
    nextFrame(this.flush);
  }

  private redraw(): void {
    for (const row of this.rows) row.chart?.redraw(true, true);
    nextFrame(this.flush);
  }

  private reloadSoon(wait = 400): void {
    if (this.reloadTimer) {
      if (wait > 0) return;
      clearTimeout(this.reloadTimer);
    }
    this.reloadTimer = setTimeout(() => {
      this.reloadTimer = null;
      void this.reload();
    }, wait);
  }

  private setAxis(axis: XAxis): void {
    this.axis = axis;
    (["step", "samples", "time"] as const).forEach((a, i) => this.axisButtons[i]!.setAttribute("aria-pressed", String(a === axis)));
    nextFrame(this.flush);
  }

  private selected(min: number, max: number): void {
    if (this.axis === "time") return this.selectTime(min * 1000, max * 1000);
    this.window.select(min, max, this.newest());
    this.reloadSoon(0);
    nextFrame(this.flush);
  }

  private selectTime(fromMs: number, toMs: number): void {
    this.window.select(this.stepAt(fromMs), this.stepAt(toMs), this.newest());
    this.reloadSoon(120);
    nextFrame(this.flush);
  }

  private moved(index: number | null): void {
    if (index === this.cursor) return;
    this.cursor = index;
    nextFrame(this.writeRails);
  }

  private stepAt(ms: number): number {
    const w = this.whole;
    let i = 0;
    while (i < w.length - 1 && w.at[i]! < ms) i++;
    return w.length ? w.last[i]! : 0;
  }

  private timeAt(step: number): number {
    const i = this.whole.indexOf(step);
    if (i < 0) return this.view ? time(this.view.run.startedAt) : 0;
    const w = this.whole;
    if (step <= 0) return time(this.view!.run.startedAt);
    if (i === 0 || w.last[i] === w.last[i - 1]) return w.at[i]!;
    const share = Math.min(1, Math.max(0, (step - w.last[i - 1]!) / (w.last[i]! - w.last[i - 1]!)));
    return w.at[i - 1]! + (w.at[i]! - w.at[i - 1]!) * share;
  }

  private makeFrame(view: RunView): Frame {
    const { run } = view;
    const total = run.submission.totalSteps;
    const newest = this.newest();
    const bounds = this.window.bounds(newest, total);
    const history = this.window.zoom && this.zoomed && this.zoomed.length > 0 ? this.zoomed : this.whole;
    const inTime = this.axis === "time";
    if (this.xs.length !== history.length) this.xs = new Float64Array(history.length);
    for (let i = 0; i < history.length; i++) this.xs[i] = inTime ? history.at[i]! / 1000 : history.last[i]!;
    const min = inTime ? this.timeAt(bounds.from) / 1000 : bounds.from;
    let max = inTime ? this.timeAt(bounds.to) / 1000 : bounds.to;
    if (!(max > min)) max = min + 1;
    const silentFrom = this.silentSince === null ? null : inTime ? this.silentSince / 1000 : newest;
    // what is not known takes its place at the right edge, whatever the scale
    if (silentFrom !== null && this.window.follow) max += (max - min) * 0.06;
    let from = history.length === 0 ? 0 : Math.max(0, history.indexOf(bounds.from) - 1);
    let to = history.length === 0 ? 0 : Math.min(history.length, history.indexOf(bounds.to) + 2);
    if (from > to) [from, to] = [to, from];
    const batch = run.submission.globalBatch;
    const scale = this.axis === "samples" ? batch : 1;
    const lines = inTime ? timeTicks(min, max, this.width / TICK_SPACE) : ticks(min * scale, max * scale, Math.max(2, Math.floor(this.width / TICK_SPACE))).map((t) => t / scale).filter((t) => inTime || this.axis === "samples" || Number.isInteger(t));
    return {
      history, whole: this.whole, xs: this.xs, from, to, min, max, ticks: lines, marks: marksOf(run), smoothing: this.smoothing ?? 0, totalSteps: total,
      atEnd: bounds.to >= newest, follow: this.window.follow, silentFrom,
      xOf: (m) => (inTime ? m.at / 1000 : m.step),
    };
  }

  private readonly flush = (): void => {
    const view = this.view;
    if (!view || this.width <= 0) return;
    const f = (this.frame = this.makeFrame(view));
    if (this.cursor !== null && this.cursor >= f.history.length) this.cursor = null;
    for (const row of this.rows) {
      row.update(f, view.run.evaluations);
      row.say(this.emptyWords(row.spec.kind === "points", view));
    }
    const run = view.run;
    const newest = this.axis === "time" ? clock(f.history.length ? f.history.at[f.history.length - 1]! : this.now()) : count(this.newest() * (this.axis === "samples" ? run.submission.globalBatch : 1));
    this.ruler.update(f, this.width, this.axis, f.atEnd ? newest : "", axisLabel(this.axis, run.submission.globalBatch));
    const bounds = this.window.bounds(this.newest(), run.submission.totalSteps);
    this.strip.update(run, this.whole, this.now(), this.width, this.window.zoom ? { from: this.timeAt(bounds.from), to: this.timeAt(bounds.to) } : null);
    this.followButton.setAttribute("aria-pressed", String(this.window.follow));
    this.followButton.hidden = hasEnded(run.state);
    setText(this.emaButton, this.smoothing ? `EMA ${this.smoothing}` : "no EMA");
    this.element.dataset.ready = String(this.loaded);
    this.element.dataset.newest = String(f.history.newestStep);
    this.writeRails();
  };

  private readonly writeRails = (): void => {
    const f = this.frame;
    if (!f) return;
    const at = this.cursor !== null && this.cursor < f.history.length ? this.cursor : null;
    for (const row of this.rows) row.show(at);
    if (at === null) this.ruler.point(null, "");
    else {
      const x = ((f.xs[at]! - f.min) / (f.max - f.min)) * this.width;
      const [first, last] = [f.history.first[at]!, f.history.last[at]!];
      const words = this.axis === "time" ? clockWithSeconds(f.history.at[at]!) : this.axis === "samples" ? count(last * (this.view?.run.submission.globalBatch ?? 1)) : first === last ? count(last) : `${count(first)}–${count(last)}`;
      this.ruler.point(x, words);
    }
  };

  private openTable(): void {
    if (!this.frame) return;
    openPopover({ anchor: this.tableButton, label: "The curves as a table" }, dataTable(this.frame));
  }

  private emptyWords(isEvaluation: boolean, view: RunView): string | null {
    if (isEvaluation) return view.run.evaluations.length === 0 ? (hasEnded(view.run.state) ? "No evaluation was made." : "No evaluation yet.") : null;
    if (this.whole.length > 0) return null;
    if (this.fault) return this.fault;
    return this.loaded || view.run.step === 0 ? "No steps yet; the first takes longer." : null;
  }
}

function timeTicks(min: number, max: number, most: number): number[] {
  const steps = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 21600, 43200, 86400];
  const step = steps.find((s) => (max - min) / s <= Math.max(2, most)) ?? 172800;
  const offset = new Date(min * 1000).getTimezoneOffset() * 60;
  const out: number[] = [];
  for (let t = Math.ceil((min - offset) / step) * step + offset; t <= max; t += step) out.push(t);
  return out;
}
