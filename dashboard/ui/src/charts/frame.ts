import type { History } from "../data/history";
import type { Mark } from "./marks";

export type XAxis = "step" | "samples" | "time";

/** What all rows of the page draw from, made once per flush. */
export interface Frame {
  history: History;
  /** The whole run, also while a window of it is shown. */
  whole: History;
  /** Place of each bucket on the x axis: its last step, or its time in seconds. */
  xs: Float64Array;
  /** Buckets in the window, one more on either side: [from, to). */
  from: number;
  to: number;
  /** Window on the x axis. */
  min: number;
  max: number;
  /** Where the ruler and the grid have their lines. */
  ticks: number[];
  marks: Mark[];
  xOf(mark: { step: number; at: number }): number;
  smoothing: number;
  totalSteps: number;
  /** The newest value is inside the window. */
  atEnd: boolean;
  follow: boolean;
  /** From here to the right edge there is no news. */
  silentFrom: number | null;
}
