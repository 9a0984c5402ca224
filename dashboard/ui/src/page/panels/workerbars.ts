import { isLive, num, time, type RunView, type Worker } from "../../data/types";
import { h, setText } from "../../ui/dom";
import { glyph } from "../../ui/glyphs";
import { age, seconds } from "../../words/format";
import { Keyed, Panel } from "./panel";
import { PhaseBar } from "./phases";

interface Row { element: HTMLElement; name: HTMLElement; bar: PhaseBar; words: HTMLElement; said: HTMLElement }

/** Who takes how long for a step, and who waits for whom. */
export class WorkerBars extends Panel {
  private readonly rows: Keyed<Worker, Row>;
  private view: RunView | null = null;
  private now = 0;

  constructor() {
    super("workerbars", "Step time by worker");
    this.rows = new Keyed<Worker, Row>(this.body, () => makeRow(), (row, worker) => this.write(row, worker));
  }

  override update(view: RunView, now: number): void {
    this.view = view;
    this.now = now;
    const live = view.run.workers.filter(isLive);
    const slowest = Math.max(0, ...live.map((w) => num(w.phases.total)));
    this.note(slowest > 0 ? `median of the last steps, ${seconds(slowest)}; hatched = waiting for another worker` : "no steps yet");
    this.rows.update(sorted(view), (w) => w.workerId);
  }

  private write(row: Row, worker: Worker): void {
    const view = this.view!;
    const live = view.run.workers.filter(isLive);
    const slowest = Math.max(1e-9, ...live.map((w) => num(w.phases.total)));
    const communication = Math.min(...live.map((w) => num(w.phases.exposedCommunication)));
    const straggler = view.stragglers.includes(worker.workerId);
    setText(row.name, `worker ${view.workerNames[worker.workerId] ?? worker.workerId}`);
    row.element.classList.toggle("straggler", straggler);
    row.element.classList.toggle("gone", !isLive(worker));
    row.bar.element.hidden = !isLive(worker);
    row.words.hidden = isLive(worker);
    if (!isLive(worker)) {
      setText(row.words, `${worker.state} ${age((this.now - time(worker.lastSeen)) / 1000)} ago${worker.state === "lost" && view.run.state === "running" ? "; its lanes are read by the others" : ""}`);
      setText(row.said, "");
      return;
    }
    row.bar.update(worker.phases, slowest, communication);
    const waits = num(worker.phases.exposedCommunication) - communication;
    const culprit = view.run.workers.find((w) => view.stragglers.includes(w.workerId));
    const whom = culprit && culprit !== worker ? ` for ${view.workerNames[culprit.workerId]}` : "";
    setText(row.said, num(worker.phases.total) <= 0 ? worker.state : straggler && num(worker.phases.dataWait) > 0.05 * slowest ? `data ${seconds(num(worker.phases.dataWait))}` : waits > 0.02 * slowest ? `waits ${seconds(waits)}${whom}` : seconds(num(worker.phases.total)));
  }
}

function makeRow(): Row {
  const name = h("span", { class: "worker-name" });
  const bar = new PhaseBar();
  const words = h("span", { class: "worker-words", hidden: true });
  const said = h("span", { class: "worker-said" });
  const sign = h("span", { class: "straggler-sign", "data-token": "warn" });
  sign.append(glyph("slow", 13));
  return { element: h("div", { class: "worker-row" }, h("div", { class: "worker-head" }, sign, name), h("div", { class: "worker-bar" }, bar.element, words), said), name, bar, words, said };
}

/** By the number that a worker is called by: the order never changes by itself. */
export const sorted = (view: RunView): Worker[] =>
  [...view.run.workers].sort((a, b) => (view.workerNames[a.workerId] ?? a.workerId).localeCompare(view.workerNames[b.workerId] ?? b.workerId, "en", { numeric: true }));
