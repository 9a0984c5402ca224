import { time, type Checkpoint, type RunView } from "../../data/types";
import { h, setText } from "../../ui/dom";
import { glyph } from "../../ui/glyphs";
import { bytes, clock, count, shortTime } from "../../words/format";
import { Keyed, Panel } from "./panel";

interface Row { element: HTMLElement; cells: HTMLElement[]; icon: HTMLElement }
const COLUMN = ["num", "", "", "num wide", "num wide", "num wide", ""];

/** Checkpoints that exist, the newest first. */
export class Checkpoints extends Panel {
  private readonly rows: Keyed<Checkpoint, Row>;
  private readonly table: HTMLElement;
  private readonly empty = h("p", { class: "panel-empty" }, "No checkpoint yet.");
  private newest = -1;

  constructor(private readonly most: number) {
    super("checkpoints", "Checkpoints");
    const body = h("tbody", {});
    this.table = h("table", { class: "table" }, h("thead", {}, h("tr", {}, ...["Step", "At", "", "Size", "Written in", "Stall", ""].map((t, i) => h("th", { scope: "col", class: COLUMN[i] }, t)))), body);
    this.body.append(this.table, this.empty);
    this.rows = new Keyed<Checkpoint, Row>(body, () => makeRow(), (row, c) => this.write(row, c));
  }

  override update(view: RunView): void {
    const all = [...view.run.checkpoints].sort((a, b) => b.step - a.step);
    this.newest = all[0]?.step ?? -1;
    this.note(all.length > this.most ? `the newest ${this.most} of ${all.length}` : all.length > 0 ? `${all.length} kept` : "");
    this.empty.hidden = all.length > 0;
    this.table.hidden = all.length === 0;
    this.rows.update(all.slice(0, this.most), (c) => `${c.step}`);
  }

  private write(row: Row, c: Checkpoint): void {
    row.icon.dataset.token = c.verified ? "ok-text" : "ink-3";
    if (row.element.dataset.verified !== String(c.verified)) {
      row.element.dataset.verified = String(c.verified);
      row.icon.replaceChildren(glyph(c.verified ? "completed" : "queued", 13));
    }
    const words = [count(c.step), clock(time(c.at)), c.verified ? "verified" : "written", bytes(c.bytes), shortTime(c.writeSeconds), shortTime(c.stallSeconds), c.step === this.newest ? "newest" : ""];
    words.forEach((text, i) => setText(row.cells[i]!, text));
  }
}

function makeRow(): Row {
  const icon = h("span", { class: "cell-icon" });
  const cells = COLUMN.map(() => h("span", {}));
  return { element: h("tr", { "data-testid": "checkpoint" }, ...cells.map((c, i) => h("td", { class: `${COLUMN[i]}${i === 0 ? " strong" : i === 2 ? " verified" : i === 6 ? " quiet" : ""}` }, i === 2 ? icon : null, c))), cells, icon };
}
