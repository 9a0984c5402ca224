import { time, type RunEvent, type RunView } from "../../data/types";
import { h } from "../../ui/dom";
import { glyph } from "../../ui/glyphs";
import { clock, clockWithSeconds, count } from "../../words/format";
import { lookOf } from "./eventlook";
import { Keyed, Panel } from "./panel";

/** What happened, the newest first; a step leads to its place on the curves. */
export class Events extends Panel {
  private readonly list = h("ol", { class: "events" });
  private readonly rows: Keyed<RunEvent, { element: HTMLElement }>;

  constructor(private readonly most: number, goTo: (step: number) => void) {
    super("events", "Events");
    this.body.append(this.list);
    this.rows = new Keyed<RunEvent, { element: HTMLElement }>(this.list, (e) => {
      const [shape, token] = lookOf(e.kind);
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
