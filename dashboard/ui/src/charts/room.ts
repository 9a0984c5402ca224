/**
 * The first place from `start` on where for a width no curve reaches above `band` (y grows downwards); `start` where there is
 * none. `xs` ascend; `tops` is the highest point of all curves at each.
 */
export function roomAtTop(xs: ArrayLike<number>, tops: ArrayLike<number>, start: number, width: number, band: number): number {
  let begin = start;
  for (let i = 0; i < xs.length; i++) {
    if (xs[i]! < begin) continue;
    if (xs[i]! - begin >= width) return begin;
    // a curve comes down from here: leave it the space to the next point
    if (tops[i]! < band) begin = xs[Math.min(i + 1, xs.length - 1)]!;
  }
  return start;
}
