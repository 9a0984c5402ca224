import { h, setText } from "../ui/dom";
import { mark } from "../ui/glyphs";

export const TABS = [["overview", "Overview"], ["workers", "Workers"], ["checkpoints", "Checkpoints"], ["events", "Events"], ["config", "Config"]] as const;
export type Tab = (typeof TABS)[number][0];

const link = (words: string): HTMLElement => h("span", { class: "live-word" }, words);

/** The bar on top: where one is, the parts of a run, whether news come. */
export class Nav {
  readonly element: HTMLElement;
  readonly left = h("div", { class: "nav-left" });
  readonly right = h("div", { class: "nav-right" });
  private readonly title = h("b", { class: "nav-name" });
  private readonly attempt = h("span", { class: "chip", hidden: true });
  private readonly word = h("span", { class: "nav-word" });
  private readonly live = link("");
  private readonly liveDot = h("span", { class: "live", "data-testid": "live" }, h("i", {}), this.live);

  constructor(runId: string | null, tab: Tab, onHelp: () => void) {
    const home = h("a", { class: "home", href: "/", "aria-label": "All runs" });
    home.append(mark());
    const where = runId === null
      ? [h("b", {}, "MammutScale")]
      : [h("a", { class: "crumb", href: "/" }, "Runs"), h("span", { class: "slash", "aria-hidden": "true" }, "/"), h("span", { class: "nav-title" }, this.title, this.word), this.attempt];
    const tabs = h("nav", { class: "tabs", "aria-label": runId === null ? "Pages" : "Parts of the run" });
    if (runId === null) tabs.append(h("a", { href: "/", "aria-current": "page" }, "Runs"));
    else for (const [id, label] of TABS)
      tabs.append(h("a", { href: `/runs/${encodeURIComponent(runId)}${id === "overview" ? "" : `/${id}`}`, "aria-current": id === tab ? "page" : undefined }, label));
    this.element = h("header", { class: runId === null ? "nav nav-runs" : "nav" },
      h("div", { class: "nav-where" }, home, ...where), tabs,
      h("div", { class: "nav-end" }, this.left, this.liveDot, this.right,
        h("button", { type: "button", class: "key", "aria-label": "Keys and help", onclick: onHelp }, "?")));
  }

  name(name: string, generation: number): void {
    setText(this.title, name);
    this.attempt.hidden = generation < 2;
    setText(this.attempt, `generation ${generation}`);
  }

  /** The state in a word, for narrow screens. */
  state(words: string, tone: string): void {
    setText(this.word, words);
    this.word.dataset.tone = tone;
  }

  link(words: string, tone: "ok" | "warn" | "idle"): void {
    setText(this.live, words);
    this.liveDot.dataset.tone = tone;
  }
}
