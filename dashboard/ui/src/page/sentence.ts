import type { Segment, Sentence } from "../data/types";
import { h, replace, setText } from "../ui/dom";
import { glyph } from "../ui/glyphs";
import { age, duration } from "../words/format";

/** What only the page knows: server time now, and the moments behind `heard` and `retry` on its own clock. */
export interface Clocks { now(): number; heardAt: number | null; retryAt: number | null }

/** The status line: glyph and two lines of words. Ages count in place, nothing is laid out again. */
export class SentenceView {
  readonly element: HTMLElement;
  private readonly icon = h("span", { class: "state-glyph" });
  private readonly first = h("p", { class: "first", "data-testid": "sentence" });
  private readonly second = h("p", { class: "second", "data-testid": "sentence-second" });
  private readonly announce = h("div", { class: "visually-hidden", role: "status" });
  private readonly alarm = h("div", { class: "visually-hidden", role: "alert" });
  private counters: { el: HTMLElement; segment: Segment }[] = [];
  private drawn = "";
  private state = "";

  constructor(private readonly onTarget: (target: string) => void) {
    this.element = h("div", { class: "sentence" }, this.icon, h("div", { class: "lines" }, this.first, this.second), this.announce, this.alarm);
  }

  show(sentence: Sentence, clocks: Clocks): void {
    const key = JSON.stringify(sentence);
    if (key !== this.drawn) {
      this.drawn = key;
      this.counters = [];
      if (this.state !== sentence.state) {
        replace(this.icon, glyph(sentence.state, 18) as unknown as Node);
        this.element.dataset.tone = sentence.tone;
        this.element.dataset.state = sentence.state;
      }
      replace(this.first, ...sentence.first.map((s) => this.part(s)));
      replace(this.second, ...sentence.second.flatMap((s) => (s.target && this.second !== null ? [" ", this.part(s)] : [this.part(s)])));
    }
    this.count(clocks);
    if (this.state !== sentence.state) {
      // states are announced, figures are not
      this.state = sentence.state;
      setText(sentence.tone === "bad" ? this.alarm : this.announce, this.element.querySelector(".lines")!.textContent ?? "");
    }
  }

  count(clocks: Clocks): void {
    for (const { el, segment } of this.counters) {
      if (segment.since !== undefined) setText(el, age((clocks.now() - segment.since) / 1000));
      else if (segment.clock === "heard") setText(el, clocks.heardAt === null ? "a while" : age((performance.now() - clocks.heardAt) / 1000));
      else setText(el, clocks.retryAt === null ? "a moment" : duration(Math.max(0, Math.ceil((clocks.retryAt - performance.now()) / 1000))).replace(/\.0/, ""));
    }
  }

  private part(segment: Segment): Node {
    if (segment.target) {
      const target = segment.target;
      if (target.startsWith("/")) return h("a", { href: target }, segment.text ?? "");
      return h("button", { type: "button", class: "link", onclick: () => this.onTarget(target) }, segment.text ?? "");
    }
    if (segment.text !== undefined) return segment.strong ? h("strong", {}, segment.text) : document.createTextNode(segment.text);
    const el = h("span", {});
    this.counters.push({ el, segment });
    return el;
  }
}

/** A sentence that the page makes itself, before it has heard anything. */
export const plainSentence = (state: string, tone: string, first: string, second: Segment[]): Sentence => ({ state, tone, first: [{ text: first, strong: false }], second });
