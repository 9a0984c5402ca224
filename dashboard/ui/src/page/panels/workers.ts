import { isLive, num, time, type RunView, type Worker } from "../../data/types";
import { h, setText } from "../../ui/dom";
import { glyph } from "../../ui/glyphs";
import { age, bytes, count, percent, seconds, UNKNOWN } from "../../words/format";
import { Keyed, Panel } from "./panel";
import { sorted } from "./workerbars";

const GLYPHS: Record<string, [string, string]> = {
  training: ["running", "ok"], evaluating: ["evaluation", "ok"], checkpointing: ["checkpoint", "ok"], joining: ["queued", "info"], starting: ["waiting", "info"],
  paused: ["paused", "idle"], lost: ["lost", "warn"], left: ["stopped", "idle"],
};

interface Row { element: HTMLElement; cells: HTMLElement[]; icon: HTMLElement; state: string }

/** Every worker with rank, state, place, lanes and what it holds. */
export class Workers extends Panel {
  private readonly rows: Keyed<Worker, Row>;
  private view: RunView | null = null;
  private now = 0;

  constructor() {
    super("workers", "Workers");
    const head = h("tr", {}, ...["Worker", "State", "Rank", "Node", "Lanes", "Step", "Own time", "Data wait", "Memory", "Bad rows", "Heard"].map((t, i) => h("th", { scope: "col", class: COLUMN[i] }, t)));
    const body = h("tbody", {});
    this.body.append(h("table", { class: "table" }, h("thead", {}, head), body));
    this.rows = new Keyed<Worker, Row>(body, () => makeRow(), (row, w) => this.write(row, w));
  }

  override update(view: RunView, now: number): void {
    this.view = view;
    this.now = now;
    const live = view.run.workers.filter(isLive).length;
    this.note(`${live} of ${view.run.workers.length} are here, at least ${view.run.submission.minWorkers} ${view.run.submission.minWorkers === 1 ? "is" : "are"} needed; generation ${view.run.generation}`);
    this.rows.update(sorted(view), (w) => w.workerId);
  }

  private write(row: Row, w: Worker): void {
    const view = this.view!;
    const straggler = view.stragglers.includes(w.workerId);
    const state = straggler ? "slow" : w.state;
    if (row.state !== state) {
      row.state = state;
      const [shape, token] = straggler ? ["slow", "warn"] : (GLYPHS[w.state] ?? ["dot", "idle"]);
      row.icon.dataset.token = token;
      row.icon.replaceChildren(glyph(shape, 13));
    }
    const total = num(w.phases.total);
    const words = [
      `worker ${view.workerNames[w.workerId] ?? w.workerId}`, state, w.rank >= 0 ? String(w.rank) : UNKNOWN, `${w.host} · ${w.processId}`,
      w.laneCount > 0 && isLive(w) ? `${w.firstLane}–${w.firstLane + w.laneCount - 1}` : UNKNOWN, count(w.step),
      total > 0 ? seconds(total - num(w.phases.exposedCommunication)) : UNKNOWN, total > 0 ? percent(num(w.phases.dataWait) / total) : UNKNOWN,
      w.residentBytes > 0 ? bytes(w.residentBytes) : UNKNOWN, count(w.badRows), `${age(Math.max(0, this.now - time(w.lastSeen)) / 1000)} ago`,
    ];
    words.forEach((text, i) => setText(row.cells[i]!, text));
    row.element.classList.toggle("straggler", straggler);
    row.element.classList.toggle("gone", !isLive(w));
    row.element.dataset.state = w.state;
  }
}

// columns that a narrow screen leaves out
const COLUMN = ["", "", "num", "wide", "num", "num wide", "num", "num wide", "num wide", "num wide", "num wide"];

function makeRow(): Row {
  const icon = h("span", { class: "cell-icon" });
  const cells = COLUMN.map((c) => h("span", { class: c }));
  const element = h("tr", { "data-testid": "worker" }, ...cells.map((c, i) => h("td", { class: COLUMN[i] }, i === 0 ? icon : null, c)));
  return { element, cells, icon, state: "" };
}
