import { CAUSE_NAMES } from "../charts/strip";
import { hasEnded, isLive, num, time, type RunView } from "../data/types";
import { h, setText } from "../ui/dom";
import { glyph } from "../ui/glyphs";
import { age, count, duration, loss, percent, rate, UNKNOWN } from "../words/format";
import { Sparkline } from "./sparkline";

const TOKENS: Record<string, string> = {
  compute: "p-compute", communication: "p-comm", data_wait: "p-data", checkpoint: "p-checkpoint", evaluation: "p-forward", recovery: "p-recovery", repeated: "p-recovery", paused: "idle",
};

/** A run in the list: a row of a table, a card on narrow screens. */
export class RunRow {
  readonly element: HTMLElement;
  private readonly icon = h("span", { class: "state-glyph" });
  private readonly word = h("b", { class: "state-word" });
  private readonly why = h("small", {});
  private readonly name = h("a", { class: "run-name" });
  private readonly id = h("small", {});
  private readonly none = h("small", { class: "no-steps" }, "no steps yet");
  private readonly cells: Record<string, HTMLElement> = {};
  private readonly goodput = h("div", { class: "bar", role: "img" });
  private readonly meter = h("i", {});
  private readonly spark: Sparkline;
  private state = "";

  constructor(view: RunView) {
    this.spark = new Sparkline(view.run.submission.runId);
    const cell = (name: string, cls = "num"): HTMLElement => (this.cells[name] = h("span", { class: cls }));
    this.name.href = `/runs/${encodeURIComponent(view.run.submission.runId)}`;
    this.element = h("li", { class: "run-row", "data-testid": "run-row", tabindex: "-1" },
      h("div", { class: "run-state" }, this.icon, h("div", {}, this.word, this.why)),
      h("div", { class: "run-title" }, this.name, this.id),
      h("div", { class: "run-spark" }, this.spark.element, this.none),
      h("div", { class: "run-loss num" }, h("span", { class: "phone-only" }, "loss "), cell("loss", "strong")),
      cell("r1"), cell("speed"), cell("workers"),
      h("div", { class: "run-goodput" }, this.goodput, cell("goodput")),
      h("div", { class: "run-progress" }, cell("steps", ""), h("div", { class: "meter" }, this.meter), cell("left", "quiet")),
      cell("line", "run-line phone-only"));
  }

  update(view: RunView, now: number): void {
    const { run, sentence } = view;
    const ended = hasEnded(run.state);
    if (this.state !== sentence.state) {
      this.state = sentence.state;
      this.icon.replaceChildren(glyph(sentence.state, 14));
      this.element.dataset.tone = sentence.tone;
      this.element.dataset.state = sentence.state;
    }
    setText(this.word, sentence.state === "waiting" ? "waiting for workers" : sentence.state);
    setText(this.why, this.reason(view, now));
    setText(this.name, run.submission.name);
    setText(this.id, run.submission.runId === run.submission.name ? "" : run.submission.runId);
    this.none.hidden = run.latest !== undefined;
    this.spark.element.hidden = run.latest === undefined;
    if (run.latest) void this.spark.update(run.step, run.submission.totalSteps, !ended, run.state === "failed");
    const value = num(run.latest?.loss);
    this.write("loss", run.latest ? loss(value) : UNKNOWN);
    this.cells.loss!.classList.toggle("bad", run.latest !== undefined && !Number.isFinite(value));
    const e = run.evaluations[run.evaluations.length - 1];
    this.write("r1", e ? percent(e.imageToTextR1, 1) : UNKNOWN);
    const speed = num(run.samplesPerSecond);
    this.write("speed", speed > 0 ? rate(speed) : UNKNOWN);
    const live = run.workers.filter(isLive).length;
    this.write("workers", ended ? count(run.workers.length) : `${live} / ${Math.max(live, run.workers.length, run.submission.minWorkers)}`);
    this.writeGoodput(view);
    this.write("steps", run.step >= run.submission.totalSteps ? count(run.step) : `${count(run.step)} of ${count(run.submission.totalSteps)}`);
    this.meter.style.width = `${Math.min(100, (run.step / Math.max(1, run.submission.totalSteps)) * 100)}%`;
    const took = duration(((run.endedAt ? time(run.endedAt) : now) - time(run.startedAt)) / 1000);
    this.write("left", ended ? took : run.secondsLeft !== undefined ? `${duration(run.secondsLeft)} left` : "");
    const share = percent(run.step / Math.max(1, run.submission.totalSteps));
    this.write("line", [share, ended ? took : run.secondsLeft !== undefined ? `${duration(run.secondsLeft)} left` : "", !ended && speed > 0 ? `${rate(speed)} samples/s` : "", ended ? `${run.workers.length} workers` : this.cells.workers!.textContent!.replaceAll(" ", "") + " workers"].filter(Boolean).join(" · "));
  }

  redraw(view: RunView): void {
    this.spark.draw(view.run.submission.totalSteps, !hasEnded(view.run.state));
  }

  private reason({ run, sentence }: RunView, now: number): string {
    if (sentence.state === "running" || sentence.state === "completed") return "";
    if (sentence.state === "stopped") return `at step ${count(run.step)}`;
    if (sentence.second[0]?.strong) return sentence.second.slice(1).filter((s) => !s.target).map((s) => s.text ?? (s.since ? age((now - s.since) / 1000) : "")).join("").replace(/^: /, "").split(", and the others")[0]!.split(". Without")[0]!;
    if (sentence.state === "failed") return run.reason;
    return `for ${age((now - time(run.stateSince)) / 1000)}`;
  }

  private write(name: string, words: string): void {
    setText(this.cells[name]!, words);
  }

  private writeGoodput({ run }: RunView): void {
    const all = run.goodput.reduce((sum, c) => sum + c.seconds, 0);
    this.write("goodput", all > 0 ? percent((run.goodput.find((c) => c.cause === "compute")?.seconds ?? 0) / all) : UNKNOWN);
    this.goodput.hidden = all <= 0;
    const key = run.goodput.map((c) => c.cause).join();
    if (this.goodput.dataset.key !== key) {
      this.goodput.dataset.key = key;
      this.goodput.replaceChildren(...run.goodput.map((c) => h("i", { "data-token": TOKENS[c.cause] ?? "p-other", class: c.cause === "paused" || c.cause === "repeated" ? "hatched" : "" })));
    }
    run.goodput.forEach((c, i) => ((this.goodput.children[i] as HTMLElement).style.width = `${(c.seconds / all) * 100}%`));
    this.goodput.setAttribute("aria-label", run.goodput.map((c) => `${CAUSE_NAMES[c.cause] ?? c.cause} ${percent(c.seconds / all)}`).join(", "));
  }
}
