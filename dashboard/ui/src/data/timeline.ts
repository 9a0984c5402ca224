import type { History } from "./history";
import { time, type Run } from "./types";

/** Where wall-clock time goes, in the order in which it is stacked, from the top. */
export const CAUSES = ["recovery", "repeated", "paused", "starting", "communication", "data_wait", "checkpoint", "evaluation", "other", "compute"] as const;
export type CauseName = (typeof CAUSES)[number];

interface Span { from: number; to: number; shares: Partial<Record<CauseName, number>> }

/**
 * The run's wall clock as spans with the shares of causes, read off the history: a bucket's steps took the time that
 * their phases say; what lies between two buckets beyond that is named by the events in it.
 */
export function spans(run: Run, history: History, now: number): Span[] {
  const out: Span[] = [];
  const start = time(run.startedAt);
  const marks = run.events.map((e) => ({ at: time(e.at), kind: e.kind }));
  const step = history.column("step_seconds").mean;
  const parts: [CauseName, Float64Array][] = [
    ["communication", history.column("communication").mean],
    ["data_wait", history.column("data_wait").mean],
    ["checkpoint", history.column("checkpoint").mean],
    ["other", history.column("other").mean],
  ];
  let previous = start;
  for (let i = 0; i < history.length; i++) {
    const to = history.at[i]!;
    if (to <= previous) continue;
    const busy = Math.min(to - previous, step[i]! * history.count[i]! * 1000 || 0);
    const gap = to - previous - busy;
    if (gap > Math.max(250, step[i]! * 200)) addGap(out, previous, previous + gap, i === 0, marks);
    const from = gap > Math.max(250, step[i]! * 200) ? previous + gap : previous;
    const shares: Partial<Record<CauseName, number>> = {};
    let rest = 1;
    for (const [name, values] of parts) {
      const share = step[i]! > 0 ? Math.max(0, values[i]! / step[i]!) : 0;
      shares[name] = share;
      rest -= share;
    }
    shares.compute = Math.max(0, rest);
    out.push({ from, to, shares });
    previous = to;
  }
  if (now > previous + 250) {
    if (run.state === "paused") out.push({ from: previous, to: now, shares: { paused: 1 } });
    else if (run.state === "recovering") out.push({ from: previous, to: now, shares: { recovery: 1 } });
    else if (history.length === 0) out.push({ from: previous, to: now, shares: { starting: 1 } });
  }
  return out;
}

function addGap(out: Span[], from: number, to: number, isFirst: boolean, marks: { at: number; kind: string }[]): void {
  const inside = marks.filter((m) => m.at >= from - 1000 && m.at <= to + 1000);
  const paused = inside.find((m) => m.kind === "paused");
  let cause: CauseName = "other";
  if (isFirst) cause = "starting";
  else if (inside.some((m) => m.kind === "workerLost" || m.kind === "workerLeft" || m.kind === "generationFormed")) cause = "recovery";
  else if (inside.some((m) => m.kind === "evaluated")) cause = "evaluation";
  else if (inside.some((m) => m.kind === "checkpointWritten")) cause = "checkpoint";
  if (paused && paused.at < to) {
    if (paused.at > from) out.push({ from, to: paused.at, shares: { other: 1 } });
    out.push({ from: Math.max(from, paused.at), to, shares: { paused: 1 } });
    return;
  }
  out.push({ from, to, shares: { [cause]: 1 } });
}

/** Shares of causes for each of `width` equal slices between two moments; columns without time stay 0. */
export function slices(all: readonly Span[], from: number, to: number, width: number): Map<CauseName, Float32Array> {
  const out = new Map<CauseName, Float32Array>(CAUSES.map((c) => [c, new Float32Array(width)]));
  const scale = width / (to - from);
  for (const span of all) {
    const a = (span.from - from) * scale;
    const b = (span.to - from) * scale;
    for (let x = Math.max(0, Math.floor(a)); x < Math.min(width, Math.ceil(b)); x++) {
      const overlap = Math.min(b, x + 1) - Math.max(a, x);
      if (overlap <= 0) continue;
      for (const name in span.shares) out.get(name as CauseName)![x]! += overlap * span.shares[name as CauseName]!;
    }
  }
  return out;
}
