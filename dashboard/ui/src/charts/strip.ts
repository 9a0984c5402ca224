import { CAUSES, slices, spans, type CauseName } from "../data/timeline";
import type { History } from "../data/history";
import { hasEnded, time, type Run } from "../data/types";
import { h, setText } from "../ui/dom";
import { color } from "../ui/theme";
import { clock, count, duration, percent } from "../words/format";

const TOKENS: Record<CauseName, string> = {
  compute: "--p-compute", communication: "--p-comm", data_wait: "--p-data", checkpoint: "--p-checkpoint", evaluation: "--p-forward", other: "--p-other",
  starting: "--p-other", recovery: "--p-recovery", repeated: "--p-recovery", paused: "--idle",
};
export const CAUSE_NAMES: Record<string, string> = {
  compute: "Compute", communication: "Exposed comm.", data_wait: "Data wait", checkpoint: "Checkpoints", evaluation: "Evaluation", other: "Other",
  starting: "Starting", recovery: "Recovery", repeated: "Repeated steps", paused: "Paused",
};
const HATCHED = new Set<CauseName>(["repeated", "paused"]);
const MOST_ROWS = 5;

/** History, progress and expected end in one: where the wall clock goes, from the start to the end that is expected. */
export class Strip {
  readonly element: HTMLElement;
  private readonly legend = h("ul", { class: "legend" });
  private readonly total = h("span", { class: "note" });
  private readonly canvas = h("canvas", { role: "img", "aria-label": "Goodput by cause over the time of the run" });
  private readonly rest = h("div", { class: "strip-rest" });
  private readonly labels = h("div", { class: "strip-labels", "aria-hidden": "true" });
  private readonly frame = h("div", { class: "strip-frame", hidden: true });
  private readonly body: HTMLElement;
  private readonly summary = h("span", { class: "note phone-only" });
  private left = 0;
  private scale: { from: number; to: number } | null = null;

  constructor(private readonly onMove: (fromMs: number, toMs: number) => void) {
    this.body = h("div", { class: "strip-body" }, this.canvas, this.rest, this.frame, this.labels);
    this.element = h(
      "section", { class: "strip", "data-testid": "goodput" },
      h("div", { class: "rail" }, h("div", { class: "rail-title" }, h("h2", {}, "Goodput"), this.total, this.summary), this.legend),
      this.body,
    );
    this.dragFrame();
  }

  update(run: Run, history: History, now: number, width: number, window: { from: number; to: number } | null): void {
    this.writeLegend(run);
    if (width <= 0) return;
    const start = time(run.startedAt);
    const here = run.endedAt ? time(run.endedAt) : now;
    const end = hasEnded(run.state) ? here : run.secondsLeft !== undefined ? here + run.secondsLeft * 1000 : here + (here - start) * 0.25;
    this.scale = { from: start, to: Math.max(end, start + 1000) };
    const x = (ms: number): number => ((ms - this.scale!.from) / (this.scale!.to - this.scale!.from)) * width;
    this.paint(run, history, here, width, x);
    const left = width - x(here);
    this.rest.style.transform = `translateX(${x(here)}px)`;
    const words = run.secondsLeft !== undefined && !hasEnded(run.state)
      ? [`${count(run.submission.totalSteps - run.step)} steps to go, ${duration(run.secondsLeft)} at this speed`, duration(run.secondsLeft)].find((w) => w.length * 6 < left - 16) ?? ""
      : "";
    setText(this.rest, words);
    this.writeLabels(start, here, end, width, x, hasEnded(run.state));
    this.frame.hidden = window === null;
    if (window) {
      this.frame.style.transform = `translateX(${x(window.from)}px)`;
      this.left = x(window.from);
      this.frame.style.width = `${Math.max(6, x(window.to) - x(window.from))}px`;
    }
  }

  private writeLegend(run: Run): void {
    const all = run.goodput.reduce((sum, c) => sum + c.seconds, 0);
    const sorted = [...run.goodput].filter((c) => c.seconds > 0).sort((a, b) => b.seconds - a.seconds);
    const rows = sorted.slice(0, sorted.length > MOST_ROWS + 1 ? MOST_ROWS : MOST_ROWS + 1);
    const rest = sorted.slice(rows.length).reduce((sum, c) => sum + c.seconds, 0);
    setText(this.total, all > 0 ? `of ${duration(all)}` : "");
    setText(this.summary, rows.slice(0, 3).map((c, i) => `${percent(c.seconds / all, 1)} ${i === 0 ? "compute" : (CAUSE_NAMES[c.cause] ?? c.cause).toLowerCase().replace("exposed communication", "comm.")}`).join(", "));
    const key = rows.map((c) => c.cause).join() + (rest > 0);
    if (this.legend.dataset.key !== key) {
      this.legend.dataset.key = key;
      this.legend.replaceChildren(
        ...rows.map((c) => {
          const name = c.cause as CauseName;
          return h("li", {}, h("i", { class: HATCHED.has(name) ? "swatch hatched" : "swatch", "data-token": (TOKENS[name] ?? "--p-other").slice(2) }), h("span", {}, CAUSE_NAMES[c.cause] ?? c.cause), h("b", {}));
        }),
        ...(rest > 0 ? [h("li", {}, h("i", { class: "swatch none" }), h("span", {}, "the rest"), h("b", {}))] : []),
      );
    }
    const values = this.legend.querySelectorAll("b");
    rows.forEach((c, i) => setText(values[i]!, percent(c.seconds / all, 1)));
    if (rest > 0) setText(values[rows.length]!, percent(rest / all, 1));
    this.canvas.setAttribute("aria-label", `Goodput: ${rows.map((c) => `${CAUSE_NAMES[c.cause] ?? c.cause} ${percent(c.seconds / all, 1)}`).join(", ") || "nothing measured yet"}`);
  }

  private paint(run: Run, history: History, here: number, width: number, x: (ms: number) => number): void {
    const ratio = devicePixelRatio;
    const height = this.canvas.clientHeight;
    const [w, ht] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== w || this.canvas.height !== ht) [this.canvas.width, this.canvas.height] = [w, ht];
    this.canvas.style.width = `${width}px`;
    const ctx = this.canvas.getContext("2d")!;
    ctx.fillStyle = color("--sunken");
    ctx.fillRect(0, 0, w, ht);
    const done = Math.max(1, Math.min(w, Math.round(x(here) * ratio)));
    const parts = slices(spans(run, history, here), this.scale!.from, this.scale!.from + ((this.scale!.to - this.scale!.from) * done) / w, done);
    const [red, grey] = [hatchOf(ctx, "--p-recovery", ratio), hatchOf(ctx, "--idle", ratio)];
    for (let i = 0; i < done; i++) {
      let y = 0;
      for (const cause of CAUSES) {
        const share = parts.get(cause)![i]!;
        if (share <= 0.001) continue;
        const bar = Math.max(share * ht, 0);
        ctx.fillStyle = cause === "repeated" ? red : cause === "paused" ? grey : color(TOKENS[cause]);
        ctx.fillRect(i, y, 1, cause === "compute" ? ht - y : bar);
        y += bar;
      }
    }
    ctx.fillStyle = color("--ink-1");
    if (!hasEnded(run.state)) ctx.fillRect(Math.min(done, w - 2 * ratio), 0, 2 * ratio, ht);
  }

  private writeLabels(start: number, here: number, end: number, width: number, x: (ms: number) => number, ended: boolean): void {
    const steps = [60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400].map((s) => s * 1000);
    const step = steps.find((s) => ((end - start) / s) * 84 < width) ?? 172_800_000;
    const offset = new Date(start).getTimezoneOffset() * 60_000;
    const taken: [number, string, string][] = ended || x(here) > 96 ? [[0, clock(start), "edge"]] : [];
    if (!ended) taken.push([x(here), `now ${clock(here)}`, "now"]);
    if (ended || x(end) - x(here) > 70) taken.push([width, clock(end), "end"]);
    for (let t = Math.ceil((start - offset) / step) * step + offset; t < end; t += step)
      if (taken.every(([at]) => Math.abs(at - x(t)) > 62)) taken.push([x(t), clock(t), ""]);
    const key = taken.map((t) => t.join()).join("|");
    if (this.labels.dataset.key === key) return;
    this.labels.dataset.key = key;
    this.labels.replaceChildren(...taken.map(([at, words, kind]) => {
      const label = h("span", { class: kind }, words);
      label.style.left = `${Math.min(Math.max(at, kind === "now" ? 30 : 0), kind === "now" ? width - 30 : width)}px`;
      return label;
    }));
  }

  // the frame moves as a whole, or by one of its edges
  private dragFrame(): void {
    this.frame.append(h("i", { class: "handle left" }), h("i", { class: "handle right" }));
    this.frame.addEventListener("pointerdown", (down) => {
      const part = (down.target as HTMLElement).classList;
      const [left, width] = [this.left, this.frame.offsetWidth];
      this.frame.setPointerCapture(down.pointerId);
      const move = (e: PointerEvent): void => {
        if (!this.scale) return;
        const d = e.clientX - down.clientX;
        const a = part.contains("right") ? left : left + d;
        const b = part.contains("left") ? left + width : left + width + d;
        const ms = (px: number): number => this.scale!.from + (px / this.canvas.clientWidth) * (this.scale!.to - this.scale!.from);
        if (b - a > 4) this.onMove(ms(a), ms(b));
      };
      this.frame.addEventListener("pointermove", move);
      this.frame.addEventListener("pointerup", () => this.frame.removeEventListener("pointermove", move), { once: true });
    });
  }
}

function hatchOf(ctx: CanvasRenderingContext2D, token: string, ratio: number): CanvasPattern {
  const size = Math.round(6 * ratio);
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const t = tile.getContext("2d")!;
  t.fillStyle = color("--surface");
  t.fillRect(0, 0, size, size);
  t.strokeStyle = color(token);
  t.lineWidth = size / 3;
  t.beginPath();
  for (const d of [-size, 0, size]) {
    t.moveTo(d, size);
    t.lineTo(d + size, 0);
  }
  t.stroke();
  return ctx.createPattern(tile, "repeat")!;
}
