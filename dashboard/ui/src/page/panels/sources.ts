import { isLive, type RunView } from "../../data/types";
import { h, replace, setText } from "../../ui/dom";
import { glyph } from "../../ui/glyphs";
import { count, percent } from "../../words/format";
import { Panel } from "./panel";
import { sorted } from "./workerbars";

/** How far each source's epoch is, and who reads which lanes. */
export class Sources extends Panel {
  private readonly list = h("div", { class: "sources" });
  private readonly lanesNote = h("p", { class: "small" });
  private readonly lanes = h("div", { class: "lanes", role: "img" });
  private readonly laneNames = h("div", { class: "lane-names", "aria-hidden": "true" });
  private readonly verdict = h("p", { class: "verdict" });
  private key = "";

  constructor() {
    super("sources", "Epoch and lanes");
    this.body.append(this.list, this.lanesNote, this.lanes, this.laneNames, this.verdict);
  }

  override update(view: RunView): void {
    const { run } = view;
    this.note(run.sources.length > 1 ? `${run.sources.length} sources` : "");
    replace(this.list, ...run.sources.map((s) => {
      const fill = h("i", {});
      fill.style.width = `${((s.epochs % 1) * 100).toFixed(2)}%`;
      return h("div", { class: "source" }, h("b", {}, s.name), h("div", { class: "meter" }, fill),
        h("span", {}, `epoch ${Math.floor(s.epochs) + 1}, ${percent(s.epochs % 1, 1)} · ${s.lanes} lanes`));
    }));
    if (run.sources.length === 0) replace(this.list, h("p", { class: "small" }, "Nothing read yet."));
    this.writeLanes(view);
    const bad = run.badRows;
    const samples = run.step * run.submission.globalBatch;
    const words = samples === 0 ? "" : bad === 0 ? `No bad rows in ${count(samples)} samples.` : `${count(bad)} bad ${bad === 1 ? "row was" : "rows were"} replaced in ${count(samples)} samples.`;
    if (this.verdict.dataset.words !== words) {
      this.verdict.dataset.words = words;
      const icon = h("span", { "data-token": bad === 0 ? "ok" : "warn" });
      icon.append(glyph(bad === 0 ? "completed" : "slow", 13));
      replace(this.verdict, words ? icon : null, words);
    }
  }

  private writeLanes(view: RunView): void {
    const { lanes } = view.run.submission;
    const readers = sorted(view).filter((w) => isLive(w) && w.laneCount > 0);
    setText(this.lanesNote, readers.length > 0 ? `Readers of the ${count(lanes)} lanes` : `${count(lanes)} lanes, nobody reads them now`);
    const key = readers.map((w) => `${w.workerId}:${w.firstLane}+${w.laneCount}:${view.stragglers.includes(w.workerId)}`).join();
    if (key === this.key) return;
    this.key = key;
    const order = [...readers].sort((a, b) => a.firstLane - b.firstLane);
    replace(this.lanes, ...order.map((w) => {
      const part = h("i", { "data-token": view.stragglers.includes(w.workerId) ? "p-data" : "p-forward" });
      part.style.flexGrow = String(w.laneCount);
      // single lanes can be told apart while there is room for them
      if (lanes <= 128) part.style.backgroundSize = `${100 / w.laneCount}% 100%`;
      return part;
    }));
    replace(this.laneNames, ...order.map((w, i) => {
      const label = h("span", {}, `${i === 0 ? "worker " : ""}${view.workerNames[w.workerId]}`);
      label.style.flexGrow = String(w.laneCount);
      return label;
    }));
    this.lanes.setAttribute("aria-label", order.map((w) => `worker ${view.workerNames[w.workerId]} reads lanes ${w.firstLane} to ${w.firstLane + w.laneCount - 1}`).join(", "));
  }
}
