import { h, setText } from "../../ui/dom";
import type { RunView } from "../../data/types";

/** A titled box below the score. */
export abstract class Panel {
  readonly element: HTMLElement;
  protected readonly body = h("div", { class: "panel-body" });
  private readonly hint = h("span", { class: "note" });

  constructor(id: string, title: string) {
    this.element = h("section", { class: `panel panel-${id}`, "data-testid": `panel-${id}`, id }, h("header", {}, h("h2", {}, title), this.hint), this.body);
  }

  protected note(words: string): void {
    setText(this.hint, words);
  }

  abstract update(view: RunView, now: number): void;
}

/** Keeps one element per key, in order, and builds only what is new. */
export class Keyed<T, E extends { element: HTMLElement }> {
  private readonly known = new Map<string, E>();

  constructor(private readonly host: HTMLElement, private readonly make: (item: T) => E, private readonly write: (entry: E, item: T) => void) {}

  update(items: readonly T[], keyOf: (item: T) => string): void {
    const keys = items.map(keyOf);
    for (const [key, entry] of this.known) {
      if (keys.includes(key)) continue;
      entry.element.remove();
      this.known.delete(key);
    }
    items.forEach((item, i) => {
      let entry = this.known.get(keys[i]!);
      if (!entry) this.known.set(keys[i]!, (entry = this.make(item)));
      this.write(entry, item);
      if (this.host.children[i] !== entry.element) this.host.insertBefore(entry.element, this.host.children[i] ?? null);
    });
  }
}
