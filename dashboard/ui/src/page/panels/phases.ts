import { num, type Phases } from "../../data/types";
import { h } from "../../ui/dom";

const PARTS: [keyof Phases, string, string][] = [
  ["forward", "p-forward", "forward"], ["backward", "p-backward", "backward"], ["optimizer", "p-optimizer", "optimizer"], ["dataWait", "p-data", "data wait"],
  ["exposedCommunication", "p-comm", "communication"], ["checkpoint", "p-checkpoint", "checkpoint"], ["other", "p-other", "other"],
];

/** One step of a worker as a bar, scaled to the slowest; time spent waiting for another worker is hatched. */
export class PhaseBar {
  readonly element = h("div", { class: "bar", role: "img" });
  private readonly parts = new Map<string, HTMLElement>();

  constructor() {
    for (const [key, token] of PARTS) {
      const part = h("i", { "data-token": token });
      this.parts.set(key, part);
      this.element.append(part);
      if (key === "exposedCommunication") {
        const waits = h("i", { "data-token": token, class: "hatched" });
        this.parts.set("waits", waits);
        this.element.append(waits);
      }
    }
  }

  update(phases: Phases, slowest: number, communication: number): void {
    const own = Math.min(num(phases.exposedCommunication), communication);
    const words: string[] = [];
    for (const [key, , label] of PARTS) {
      const seconds = key === "exposedCommunication" ? own : num(phases[key]);
      this.width(key, seconds / slowest);
      if (seconds > 0) words.push(`${label} ${seconds.toFixed(2)} s`);
    }
    const waits = num(phases.exposedCommunication) - own;
    this.width("waits", waits / slowest);
    if (waits > 0) words.push(`waiting for another worker ${waits.toFixed(2)} s`);
    this.element.setAttribute("aria-label", words.join(", ") || "no step yet");
  }

  private width(key: string, share: number): void {
    const el = this.parts.get(key)!;
    const width = Number.isFinite(share) && share > 0.0005 ? `${(share * 100).toFixed(3)}%` : "0";
    if (el.style.width !== width) el.style.width = width;
    el.hidden = width === "0";
  }
}
