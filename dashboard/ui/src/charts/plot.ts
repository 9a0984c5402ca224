import uPlot from "uplot";
import { color } from "../ui/theme";
import { font } from "./paint";

export interface PlotHooks {
  draw(u: uPlot): void;
  /** The bucket under the cursor; null when it left. */
  cursor(index: number | null): void;
  select(min: number, max: number): void;
  whole(): void;
  ticksX(): number[];
  ticksY(u: uPlot): number[];
  labelsY(u: uPlot, ticks: number[]): (string | null)[];
  rangeX(): [number, number];
  rangeY(): [number, number];
}

/** One cursor for all rows. */
const SYNC = "run";
export const AXIS_WIDTH = 56;
/** Room above and below a plot. */
export const PAD = 8;

/**
 * A bare uPlot: its scales, axes, grid, cursor and selection. The curves are drawn by the row itself, as bands, breaks,
 * marks and values that are not finite need one hand.
 */
export function makePlot(host: HTMLElement, width: number, height: number, log: boolean, hooks: PlotHooks): uPlot {
  const xs = (u: uPlot): number[] | Float64Array => u.data[0] as unknown as number[];
  const options: uPlot.Options = {
    width, height,
    padding: [PAD, 0, PAD, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: () => hooks.rangeX() },
      y: { distr: log ? 3 : 1, range: () => hooks.rangeY() },
    },
    axes: [
      { size: 0, gap: 0, ticks: { show: false }, splits: () => hooks.ticksX(), values: (_, s) => s.map(() => null), grid: { stroke: () => color("--line"), width: 1 } },
      {
        side: 1, size: AXIS_WIDTH, gap: 8, ticks: { show: false }, stroke: () => color("--ink-3"), font: font(500, 1), align: 1 as const,
        splits: (u) => hooks.ticksY(u), filter: (_, s) => s, values: (u, s) => hooks.labelsY(u, s),
        grid: { stroke: () => color("--line"), width: 1 },
      },
    ],
    series: [{}, { show: true, paths: () => null, points: { show: false } }],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false, dist: 4 },
      sync: { key: SYNC, scales: ["x", null] },
      bind: {
        dblclick: () => () => {
          hooks.whole();
          return null;
        },
      },
      move: (u, left, top) => {
        const i = left < 0 ? null : u.posToIdx(left);
        const x = i === null ? undefined : xs(u)[i];
        return x === undefined ? [left, top] : [Math.round(Math.min(Math.max(u.valToPos(x, "x"), 0), u.over.clientWidth)), top];
      },
    },
    hooks: {
      draw: [(u) => hooks.draw(u)],
      setCursor: [(u) => hooks.cursor(u.cursor.left !== undefined && u.cursor.left >= 0 ? (u.cursor.idx ?? null) : null)],
      setSelect: [
        (u) => {
          if (u.select.width < 4) return;
          hooks.select(u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x"));
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
  return new uPlot(options, [[0, 1], [null, null]], host);
}
