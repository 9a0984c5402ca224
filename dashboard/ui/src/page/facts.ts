import { num, type RunView } from "../data/types";
import { h, setText } from "../ui/dom";
import { count, percent, UNKNOWN } from "../words/format";

/** Step, epoch, checkpoint, and on narrow screens retrieval: beside the status sentence. */
export class Facts {
  readonly element = h("dl", { class: "facts" });
  private readonly cells = new Map<string, [value: HTMLElement, rest: HTMLElement]>();

  constructor() {
    for (const name of ["Step", "Epoch", "Checkpoint", "Retrieval R@1"]) {
      const value = h("b", {}, UNKNOWN);
      const rest = h("span", {});
      this.cells.set(name, [value, rest]);
      this.element.append(h("div", { class: name.startsWith("Retrieval") ? "phone-only" : "", "data-testid": `fact-${name.split(" ")[0]!.toLowerCase()}` }, h("dt", {}, name), h("dd", {}, value, rest)));
    }
  }

  update(view: RunView): void {
    const { run } = view;
    this.write("Step", count(run.step), ` of ${count(run.submission.totalSteps)}`);
    const source = [...run.sources].sort((a, b) => b.samples - a.samples)[0];
    const total = source && run.step > 0 ? (source.epochs / run.step) * run.submission.totalSteps : NaN;
    this.write("Epoch", source ? source.epochs.toFixed(2) : UNKNOWN, Number.isFinite(total) ? ` of ${total.toFixed(2)}` : "");
    const newest = [...run.checkpoints].sort((a, b) => b.step - a.step)[0];
    this.write("Checkpoint", newest ? count(newest.step) : UNKNOWN, newest ? (newest.verified ? " verified" : " written") : " none yet");
    const e = run.evaluations[run.evaluations.length - 1];
    this.write("Retrieval R@1", e ? percent(num(e.imageToTextR1), 1) : UNKNOWN, e ? ` at ${count(e.step)}` : "");
  }

  private write(name: string, value: string, rest: string): void {
    const [a, b] = this.cells.get(name)!;
    setText(a, value);
    setText(b, rest);
  }
}
