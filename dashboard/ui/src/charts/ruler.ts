import { h, replace, setText } from "../ui/dom";
import { glyph } from "../ui/glyphs";
import { closePopover, openPopover } from "../ui/popover";
import { clock, count } from "../words/format";
import type { Frame, XAxis } from "./frame";
import { MARKS, place, type Mark, type Place } from "./marks";

/** The one ruler of the page: marks above, x labels below, the step under the cursor as a tag. */
export class Ruler {
  readonly element = h("div", { class: "ruler-scale", "data-testid": "ruler" });
  private readonly marks = h("div", { class: "ruler-marks" });
  private readonly labels = h("div", { class: "ruler-labels", "aria-hidden": "true" });
  private readonly tag = h("div", { class: "ruler-tag", hidden: true });
  private readonly newest = h("div", { class: "ruler-newest" });
  private drawn = "";

  constructor() {
    this.element.append(this.marks, this.labels, this.newest, this.tag);
  }

  update(f: Frame, width: number, axis: XAxis, newest: string, labelOf: (x: number) => string): void {
    const x = (v: number): number => ((v - f.min) / (f.max - f.min)) * width;
    const places = place(f.marks, (m) => x(f.xOf(m)), width);
    // the same picture is not built again
    const key = `${axis}|${width}|${newest}|${f.ticks.join()}|${Math.round(f.min * 10)}|${places.map((p) => `${p.form}${p.marks.map((m) => m.kind + m.step)}${Math.round(p.x)}`).join()}`;
    if (key === this.drawn) return;
    this.drawn = key;
    replace(this.marks, ...places.map((p) => this.mark(p)));
    replace(this.labels, ...f.ticks.filter((t) => x(t) < width - 12).map((t) => {
      const label = h("span", {}, labelOf(t));
      label.style.left = `${x(t)}px`;
      if (x(t) < 14) label.classList.add("edge");
      return label;
    }));
    setText(this.newest, newest);
    this.newest.style.left = `${width}px`;
  }

  point(left: number | null, words: string): void {
    this.tag.hidden = left === null;
    if (left === null) return;
    setText(this.tag, words);
    this.tag.style.transform = `translateX(calc(${left}px - 50%))`;
  }

  private mark(p: Place): HTMLElement {
    const worst = p.marks[0]!;
    const style = MARKS[worst.kind];
    if (p.form === "tick") {
      const tick = h("i", { class: "ruler-tick" });
      tick.style.left = `${p.x}px`;
      return tick;
    }
    const label = p.marks.map((m) => m.title).join("; ");
    const button = h("button", { type: "button", class: p.form === "pill" ? "ruler-mark pill" : "ruler-mark", "aria-label": label, "data-token": style.token.slice(2) }, glyph(style.glyph, 13) as unknown as Node);
    if (p.form === "pill") button.append(h("span", {}, String(p.marks.length)));
    button.style.left = `${p.x}px`;
    const open = (): void => void openPopover({ anchor: button, label }, ...p.marks.map(story));
    button.addEventListener("pointerenter", (e) => {
      if (e.pointerType === "mouse") open();
    });
    button.addEventListener("pointerleave", (e) => {
      if (e.pointerType === "mouse") closePopover();
    });
    button.addEventListener("click", open);
    return button;
  }
}

function story(mark: Mark): HTMLElement {
  const style = MARKS[mark.kind];
  const icon = h("span", { "data-token": style.token.slice(2) });
  icon.append(glyph(style.glyph, 14));
  return h("div", { class: "story" }, h("h3", {}, icon, mark.title, h("time", {}, clock(mark.at))), mark.text ? h("p", {}, mark.text) : null);
}

/** Words for a place on the x axis. */
export function axisLabel(axis: XAxis, batch: number): (x: number) => string {
  if (axis === "samples") return (x) => count(x * batch);
  if (axis === "time") return (x) => clock(x * 1000);
  return (x) => count(x);
}
