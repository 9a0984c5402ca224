import type { SeriesName } from "../data/history";
import { fixed, gradNorm, loss, percent, rate, secondsNumber, superscript, THIN } from "../words/format";

export interface LineSpec { series: SeriesName; label: string; token: string; width?: number }

/** A row of the score: which series, on which scale, said how. */
export interface RowSpec {
  id: string;
  title: string;
  /** lines: curves with band. stack: phases on top of one another. points: evaluations. */
  kind: "lines" | "stack" | "points";
  scale: "auto" | "zero" | "log" | "share";
  lines: LineSpec[];
  band: boolean;
  /** Curves that are smoothed; a schedule is not. */
  smooth: boolean;
  value(v: number): string;
  tick(v: number, decimals: number): string;
}

const plain = (v: number, decimals: number): string => fixed(v, decimals);

export const ROWS: RowSpec[] = [
  {
    id: "loss", title: "Loss", kind: "lines", scale: "auto", band: true, smooth: true, value: loss, tick: (v, d) => plain(v, Math.max(1, d)),
    lines: [
      { series: "loss", label: "total", token: "--ink-1", width: 1.75 },
      { series: "contrastive", label: "contrastive", token: "--s1" },
      { series: "captioning", label: "captioning", token: "--s2" },
    ],
  },
  {
    id: "throughput", title: "Throughput", kind: "lines", scale: "zero", band: true, smooth: true, value: rate, tick: plain,
    lines: [{ series: "samples_per_second", label: "samples/s", token: "--ink-1" }],
  },
  {
    id: "steptime", title: "Step time", kind: "stack", scale: "zero", band: false, smooth: false, value: secondsNumber,
    tick: (v, d) => plain(v, Math.max(1, d)) + THIN + "s",
    lines: [
      { series: "forward", label: "forward", token: "--p-forward" },
      { series: "backward", label: "backward", token: "--p-backward" },
      { series: "optimizer", label: "optimizer", token: "--p-optimizer" },
      { series: "data_wait", label: "data wait", token: "--p-data" },
      { series: "communication", label: "comm.", token: "--p-comm" },
      { series: "checkpoint", label: "checkpt.", token: "--p-checkpoint" },
      { series: "other", label: "other", token: "--p-other" },
    ],
  },
  {
    id: "gradnorm", title: "Gradient norm", kind: "lines", scale: "log", band: true, smooth: true, value: gradNorm,
    tick: (v) => String(v),
    lines: [{ series: "grad_norm", label: "before clipping", token: "--ink-1" }],
  },
  {
    id: "lr", title: "Learning rate", kind: "lines", scale: "zero", band: false, smooth: false, value: (v) => fixed(v, 2), tick: plain,
    lines: [{ series: "learning_rate", label: "all groups", token: "--ink-1" }],
  },
  {
    id: "retrieval", title: "Retrieval R@1", kind: "points", scale: "share", band: false, smooth: false, value: (v) => percent(v, 1),
    tick: (v) => percent(v, v > 0 && v < 0.01 ? 1 : 0),
    lines: [
      { series: "loss", label: "image to text", token: "--s3" },
      { series: "loss", label: "text to image", token: "--s4" },
    ],
  },
];

/** Power of ten that learning rates are written in: the highest reads 1 to 10. */
export const powerOf = (highest: number): number => (highest > 0 ? Math.floor(Math.log10(highest * 0.9999)) : 0);
export const powerNote = (power: number): string => (power === 0 ? "" : `×${THIN}10${superscript(power)}`);
