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
  private sentence: Sentence | null = null;
  private drawn = "";
  private state = "";

  constructor(private readonly onTarget: (target: string) => void) {
    this.element = h("div", { class: "sentence" }, this.icon, h("div", { class: "lines" }, this.first, this.second), this.announce, this.alarm);
  }

  show(sentence: Sentence, clocks: Clocks): void {
    this.sentence = sentence;
    if (this.element.dataset.state !== sentence.state) {
      replace(this.icon, glyph(sentence.state, 18) as unknown as Node);
      this.element.dataset.tone = sentence.tone;
      this.element.dataset.state = sentence.state;
    }
    this.count(clocks);
    if (this.state !== sentence.state) {
      // states are announced, figures are not
      this.state = sentence.state;
      setText(sentence.tone === "bad" ? this.alarm : this.announce, this.element.querySelector(".lines")!.textContent ?? "");
    }
  }

  /** Writes the lines anew when a word or a counted time differs: what is new does not count as moved. */
  count(clocks: Clocks): void {
    const sentence = this.sentence;
    if (!sentence || this.second.contains(document.activeElement)) return;
    const lines = [sentence.first, sentence.second].map((line) => line.map((s) => ({ segment: s, words: said(s, clocks) })));
    const key = JSON.stringify(lines);
    if (key === this.drawn) return;
    this.drawn = key;
    const [first, second] = lines.map((line) => line.flatMap(({ segment, words }) => (segment.target ? [" ", this.part(segment, words)] : [this.part(segment, words)])));
    replace(this.first, ...first!);
    replace(this.second, ...second!);
  }

  private part(segment: Segment, words: string): Node {
    if (segment.target) {
      const target = segment.target;
      if (target.startsWith("/")) return h("a", { href: target }, words);
      return h("button", { type: "button", class: "link", onclick: () => this.onTarget(target) }, words);
    }
    return segment.strong ? h("strong", {}, words) : document.createTextNode(words);
  }
}

function said(segment: Segment, clocks: Clocks): string {
  if (segment.text !== undefined) return segment.text;
  if (segment.since !== undefined) return age((clocks.now() - segment.since) / 1000);
  if (segment.clock === "heard") return clocks.heardAt === null ? "a while" : age(Math.max(1, Math.round((performance.now() - clocks.heardAt) / 1000))).replace(".0", "");
  const wait = clocks.retryAt === null ? 0 : clocks.retryAt - performance.now();
  return wait < 500 ? "a moment" : duration(Math.ceil(wait / 1000)).replace(".0", "");
}

/** A sentence that the page makes itself, before it has heard anything. */
export const plainSentence = (state: string, tone: string, first: string, second: Segment[]): Sentence => ({ state, tone, first: [{ text: first, strong: false }], second });
