import { h } from "../ui/dom";
import { openPopover } from "../ui/popover";

const KEYS: [string, string][] = [
  ["f", "follow the newest step"], ["z", "the whole run"], ["← →", "move the cursor, with Shift by ten"], ["[ ]", "previous and next mark"],
  ["s", "smoothing"], ["x", "step, samples or time"], ["t", "light or dark"], ["g", "all runs"], ["1…5", "parts of the run"], ["/", "filter the runs"], ["?", "this help"],
];

export function openHelp(anchor: Element): void {
  openPopover({ anchor, label: "Keys" }, h("h3", {}, "Keys"), h("dl", { class: "keys" },
    ...KEYS.flatMap(([key, what]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)])),
    h("p", { class: "small" }, "Drag over a curve to zoom, double-click for the whole run."));
}
