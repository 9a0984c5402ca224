/** Smoothing strengths that can be chosen: the share of the old mean kept from step to step. */
export const SMOOTHING = [0, 0.6, 0.9, 0.97, 0.985, 0.995] as const;

/**
 * Debiased exponential moving average of bucket means. A bucket of n steps weighs as much as n steps; the average
 * begins anew behind a value that is not finite and behind a hole in the steps. Strength 0 gives the means themselves.
 */
export function ema(mean: Float64Array, count: Float64Array, first: Float64Array, last: Float64Array, length: number, strength: number, out: Float64Array): void {
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < length; i++) {
    const value = mean[i]!;
    if (!Number.isFinite(value)) {
      sum = weight = 0;
      out[i] = NaN;
      continue;
    }
    if (i > 0 && first[i]! > last[i - 1]! + 1) sum = weight = 0;
    const keep = strength <= 0 ? 0 : strength ** count[i]!;
    sum = sum * keep + value * (1 - keep);
    weight = weight * keep + (1 - keep);
    out[i] = sum / weight;
  }
}

/** The strength whose half-life is about a 400th of the planned steps. */
export function defaultSmoothing(totalSteps: number): number {
  const wanted = 0.5 ** (1 / Math.max(totalSteps / 400, 1e-9));
  let best = 0;
  for (const s of SMOOTHING) if (Math.abs(Math.log(1 - s) - Math.log(1 - wanted)) < Math.abs(Math.log(1 - best) - Math.log(1 - wanted))) best = s;
  return best;
}
