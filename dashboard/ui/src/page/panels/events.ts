import { time, type EventKind, type RunEvent, type RunView } from "../../data/types";
import { h } from "../../ui/dom";
import { glyph } from "../../ui/glyphs";
import { clock, clockWithSeconds, count } from "../../words/format";
import { Keyed, Panel } from "./panel";

const LOOK: Record<EventKind, [glyph: string, token: string]> = {
  submitted: ["queued", "ink-3"], workerJoined: ["joined", "ok"], workerLost: ["lost", "warn"], workerLeft: ["stopped", "idle"],
  generationFormed: ["dot", "ink-3"], resumed: ["resumed", "info"], checkpointWritten: ["checkpoint", "ink-3"], checkpointRefused: ["failed", "bad"],
  evaluated: ["evaluation", "ink-3"], lossSpike: ["spike", "bad"], nonFinite: ["nan", "bad"], badRows: ["slow", "warn"], paused: ["paused", "idle"],
  generationFailed: ["recovering", "warn"], workerHeldBack: ["queued", "warn"],
  completed: ["completed", "ink-2"], failed: ["failed", "bad"], stopped: ["stopped", "idle"],
};

/** What happened, the newest first; a step leads to its place on the curves. */
export class Events extends Panel {
  private readonly list = h("ol", { class: "events" });
  private readonly rows: Keyed<RunEvent, { element: HTMLElement }>;

  constructor(private readonly most: number, goTo: (step: number) => void) {
    super("events", "Events");
    this.body.append(this.list);
    this.rows = new Keyed<RunEvent, { element: HTMLElement }>(this.list, (e) => {
      const [shape, token] = LOOK[e.kind];
      const icon = h("span", { "data-token": token });
      icon.append(glyph(shape, 13));
      // the first clause is what happened, the rest is why
      const cut = /[:,;.] /.exec(e.text);
      const end = cut ? cut.index : e.text.length;
      return { element: h("li", { "data-kind": e.kind }, icon, h("time", { title: clockWithSeconds(time(e.at)) }, clock(time(e.at))),
        h("span", { class: "event-text" }, h("b", {}, e.text.slice(0, end)), e.text.slice(end)),
        h("button", { type: "button", class: "link", onclick: () => goTo(e.step) }, `step ${count(e.step)}`)) };
    }, () => undefined);
  }

  override update(view: RunView): void {
    const all = [...view.run.events].sort((a, b) => b.sequence - a.sequence);
    this.note(all.length > this.most ? `the newest ${this.most} of ${all.length}` : "");
    this.rows.update(all.slice(0, this.most), (e) => `${e.sequence}`);
  }
}
