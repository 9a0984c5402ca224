import { expect, test } from "vitest";
import { History } from "../src/data/history";
import { lineRange, logTicks, niceTop, ticks, zeroRange } from "../src/data/range";
import { defaultSmoothing, ema } from "../src/data/smooth";
import type { HistoryBlock, StepRecord } from "../src/data/types";

function step(n: number, loss: number | "NaN" = 2, generation = 1, attempt = 0): StepRecord {
  const phases = { dataWait: 0.1, forward: 0.2, backward: 0.4, exposedCommunication: 0.1, optimizer: 0.1, checkpoint: 0, other: 0.1, total: 1 };
  return { step: n, generation, attempt, at: new Date(n * 1000).toISOString(), loss, contrastive: 1, captioning: 1, learningRate: 1e-3, gradNorm: 1, logitScale: 14, samples: 64, phases, skipped: false };
}

function block(first: number[], last: number[], mean: (number | "NaN")[]): HistoryBlock {
  return { sequence: 1, names: ["loss"], firstStep: first, lastStep: last, at: last.map((s) => s * 1000), count: last.map((l, i) => l - first[i]! + 1), nonFinite: last.map(() => 0), min: [mean], max: [mean], mean: [mean], last: [mean] };
}

test("live steps continue a block and stay when a block without them comes", () => {
  const h = new History();
  h.load(block([1, 11], [10, 20], [3, 2.5]));
  expect(h.append([step(21), step(22)])).toBe(true);
  h.load(block([1], [21], [2.7]));
  expect([...h.last.subarray(0, h.length)]).toEqual([21, 22]);
  expect(h.liveCount).toBe(1);
});

test("a step that was seen already is not added again", () => {
  const h = new History();
  h.append([step(1), step(2)]);
  expect(h.append([step(2)])).toBe(true);
  expect(h.length).toBe(2);
});

test("a hole and a step done again ask for the history", () => {
  const h = new History();
  h.append([step(1), step(2)]);
  expect(h.append([step(5)])).toBe(false);
  expect(h.append([step(3)])).toBe(false);
});

test("steps done again after a lost worker replace all that came after them", () => {
  const h = new History();
  h.append([1, 2, 3, 4].map((s) => step(s, s)));
  expect(h.append([step(3, 30, 2)])).toBe(true);
  expect([...h.last.subarray(0, h.length)]).toEqual([1, 2, 3]);
  expect([...h.column("loss").mean.subarray(0, 3)]).toEqual([1, 2, 30]);
  expect(h.append([step(4, 40, 2), step(5, 50, 2)])).toBe(true);
  expect([...h.column("loss").mean.subarray(0, 5)]).toEqual([1, 2, 30, 40, 50]);
});

test("the newest step done again is replaced, a late record of the first try is not taken", () => {
  const h = new History();
  h.append([step(1, 1), step(2, 2)]);
  expect(h.append([step(2, 20, 1, 1)])).toBe(true);
  expect(h.append([step(2, 2)])).toBe(true);
  expect([...h.column("loss").mean.subarray(0, h.length)]).toEqual([1, 20]);
});

test("going back into the block drops its end until the history is read again", () => {
  const h = new History();
  h.load(block([1, 11], [10, 20], [3, 2.5]));
  h.append([step(21), step(22)]);
  expect(h.append([step(15, 9, 2)])).toBe(false);
  expect([...h.last.subarray(0, h.length)]).toEqual([10, 15]);
  h.load(block([1, 11], [10, 15], [3, 4]));
  expect([...h.last.subarray(0, h.length)]).toEqual([10, 15]);
  expect(h.append([step(16, 9, 2)])).toBe(true);
});

test("rings grow beyond their first capacity and keep every value", () => {
  const h = new History();
  for (let s = 1; s <= 5000; s++) h.append([step(s, s)]);
  expect(h.length).toBe(5000);
  expect(h.column("loss").mean[4321]).toBe(4322);
  expect(h.newestStep).toBe(5000);
});

test("a value that is not finite comes as a word and is counted", () => {
  const h = new History();
  h.append([step(1, "NaN")]);
  expect(h.column("loss").mean[0]).toBeNaN();
  expect(h.bad[0]).toBe(1);
});

test("the bucket of a step is found", () => {
  const h = new History();
  h.load(block([1, 11, 21], [10, 20, 30], [3, 2, 1]));
  expect([1, 10, 11, 25, 99].map((s) => h.indexOf(s))).toEqual([0, 0, 1, 2, 2]);
});

const smoothed = (mean: number[], count: number[], strength: number, first = mean.map((_, i) => i), last = first): number[] => {
  const out = new Float64Array(mean.length);
  ema(Float64Array.from(mean), Float64Array.from(count), Float64Array.from(first), Float64Array.from(last), mean.length, strength, out);
  return [...out];
};

test("the average is debiased: a constant stays what it is from the first step", () => {
  for (const v of smoothed([5, 5, 5, 5], [1, 1, 1, 1], 0.985)) expect(v).toBeCloseTo(5, 12);
});

test("strength 0 shows the means", () => expect(smoothed([1, 9, 2], [1, 1, 1], 0)).toEqual([1, 9, 2]));

test("a bucket weighs as much as its steps", () => {
  const one = smoothed([1, 1, 1, 4, 4, 4, 4], [1, 1, 1, 1, 1, 1, 1], 0.9);
  const two = smoothed([1, 4], [3, 4], 0.9, [0, 3], [2, 6]);
  expect(two[1]).toBeCloseTo(one[6]!, 12);
});

test("smoothing crosses neither NaN nor a hole", () => {
  expect(smoothed([1, NaN, 9], [1, 1, 1], 0.9)[2]).toBe(9);
  expect(smoothed([1, 9], [1, 1], 0.9, [1, 50], [1, 50])[1]).toBe(9);
});

test("short runs are not smoothed away", () => {
  expect(defaultSmoothing(60)).toBe(0);
  expect(defaultSmoothing(20_000)).toBe(0.985);
});

test("the range leaves out the warm-up and lets spikes out, but holds the end of the curve", () => {
  const steps = Float64Array.from({ length: 1000 }, (_, i) => i);
  const line = Float64Array.from(steps, (s) => (s < 50 ? 100 - s : s === 500 ? 80 : 3 - s / 1000));
  const range = lineRange([line], steps, 0, 1000, 50)!;
  expect(range.max).toBeLessThan(4);
  expect(range.min).toBeLessThanOrEqual(line[999]!);
});

test("a flat curve has a range, an empty one has none", () => {
  const flat = Float64Array.of(2, 2, 2);
  const range = lineRange([flat], Float64Array.of(1, 2, 3), 0, 3, 0)!;
  expect(range.max).toBeGreaterThan(range.min);
  expect(lineRange([Float64Array.of(NaN)], Float64Array.of(1), 0, 1, 0)).toBeNull();
  expect(zeroRange(Float64Array.of(NaN), 0, 1)).toBeNull();
});

test("ticks are round and within", () => {
  expect(ticks(0, 15370, 8)).toEqual([0, 2000, 4000, 6000, 8000, 10000, 12000, 14000]);
  expect(ticks(1.05, 4.2, 4)).toEqual([2, 3, 4]);
  expect(ticks(1, 1, 4)).toEqual([]);
  expect(logTicks(0.3, 11)).toEqual([0.3, 1, 3, 10]);
  // nothing that would never end
  expect(logTicks(0, 1)).toEqual([]);
  expect(niceTop(665)).toBe(800);
});
