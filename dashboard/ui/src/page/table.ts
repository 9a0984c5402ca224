import type { Frame } from "../charts/frame";
import type { SeriesName } from "../data/history";
import { h } from "../ui/dom";
import { clockWithSeconds, count, gradNorm, learningRate, loss, rate, seconds } from "../words/format";

const COLUMNS: [string, SeriesName, (v: number) => string][] = [
  ["Loss", "loss", loss], ["Contrastive", "contrastive", loss], ["Captioning", "captioning", loss], ["Samples/s", "samples_per_second", rate],
  ["Step", "step_seconds", seconds], ["Data wait", "data_wait", seconds], ["Gradient norm", "grad_norm", gradNorm], ["Learning rate", "learning_rate", learningRate],
];
const MOST_ROWS = 200;

/** What the curves show, as rows of means, the newest first. */
export function dataTable(f: Frame): HTMLElement {
  const rows: HTMLElement[] = [];
  const every = Math.max(1, Math.ceil((f.to - f.from) / MOST_ROWS));
  for (let i = f.to - 1; i >= f.from; i -= every) {
    const [first, last] = [f.history.first[i]!, f.history.last[i]!];
    rows.push(h("tr", {}, h("td", { class: "num strong" }, first === last ? count(last) : `${count(first)}–${count(last)}`), h("td", {}, clockWithSeconds(f.history.at[i]!)),
      ...COLUMNS.map(([, name, write]) => h("td", { class: "num" }, write(f.history.column(name).mean[i]!)))));
  }
  return h("table", { class: "table data-table" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "num" }, "Step"), h("th", { scope: "col" }, "At"), ...COLUMNS.map(([title]) => h("th", { scope: "col", class: "num" }, title)))),
    h("tbody", {}, ...rows));
}
