export interface Range { min: number; max: number }

/** Value at a share of the sorted finite values; NaN without any. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const n = sorted.length;
  if (n === 0) return NaN;
  const at = share * (n - 1);
  const low = Math.floor(at);
  const rest = at - low;
  return sorted[low]! + (sorted[Math.min(low + 1, n - 1)]! - sorted[low]!) * rest;
}

/**
 * The range of a value axis: what is shown after the warm-up (the first 5 % of the planned steps), from the 2nd to the
 * 98th percentile, with a margin of 6 %. Spikes may leave it; they are told at the edge.
 */
export function lineRange(lines: readonly Float64Array[], steps: Float64Array, from: number, to: number, warmUp: number): Range | null {
  let values = collect(lines, steps, from, to, warmUp);
  if (values.length === 0) values = collect(lines, steps, from, to, -1);
  if (values.length === 0) return null;
  values.sort();
  let min = percentile(values, 0.02);
  let max = percentile(values, 0.98);
  // the end of the curve is always inside
  for (const line of lines) {
    for (let i = to - 1; i >= from; i--) {
      if (!Number.isFinite(line[i]!)) continue;
      min = Math.min(min, line[i]!);
      max = Math.max(max, line[i]!);
      break;
    }
  }
  const span = max - min || Math.abs(max) * 0.1 || 1;
  return { min: min - span * 0.06, max: max + span * 0.06 };
}

function collect(lines: readonly Float64Array[], steps: Float64Array, from: number, to: number, warmUp: number): Float64Array {
  const out = new Float64Array(lines.length * Math.max(0, to - from));
  let n = 0;
  for (const line of lines) {
    for (let i = from; i < to; i++) if (steps[i]! > warmUp && Number.isFinite(line[i]!)) out[n++] = line[i]!;
  }
  return out.subarray(0, n);
}

/** From 0 to a little above the 98th percentile, rounded up to a tick. */
export function zeroRange(line: Float64Array, from: number, to: number): Range | null {
  const values = collect([line], line, from, to, -Infinity);
  if (values.length === 0) return null;
  values.sort();
  const top = Math.max(percentile(values, 0.98), values[values.length - 1]! < percentile(values, 0.98) * 1.5 ? values[values.length - 1]! : 0);
  return { min: 0, max: niceTop(top * 1.08) };
}

/** The least of 1, 1.5, 2, 3, 4, 6, 8 × 10ⁿ that is not below a value. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const base = 10 ** Math.floor(Math.log10(value));
  for (const m of [1, 1.5, 2, 3, 4, 6, 8, 10]) if (value <= m * base * (1 + 1e-9)) return m * base;
  return 10 * base;
}

/** Round numbers between two values, no more than `most` of them. */
export function ticks(min: number, max: number, most: number): number[] {
  if (!(max > min) || most < 1) return [];
  const raw = (max - min) / most;
  const base = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 4, 5, 10].map((m) => m * base).find((s) => s >= raw * (1 - 1e-9))!;
  const out: number[] = [];
  for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k++) out.push(Number((k * step).toPrecision(12)));
  return out;
}

/** 1, 3, 10, 30, … between two positive values. */
export function logTicks(min: number, max: number): number[] {
  const out: number[] = [];
  if (!(min > 0) || !(max > min) || max / min > 1e30) return out;
  for (let p = Math.floor(Math.log10(min)); p <= Math.ceil(Math.log10(max)); p++) {
    for (const m of [1, 3]) {
      const v = Number((m * 10 ** p).toPrecision(3));
      if (v >= min * 0.999 && v <= max * 1.001) out.push(v);
    }
  }
  return out;
}
