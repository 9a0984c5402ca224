import { describe, expect, test } from "vitest";
import cases from "../src/words/figures.json";
import * as format from "../src/words/format";

type Case = [number, string];
const formatters: Record<string, (v: number) => string> = {
  count: format.count, rate: format.rate, percent: (v) => format.percent(v), percent1: (v) => format.percent(v, 1),
  seconds: format.seconds, duration: format.duration, age: format.age, bytes: format.bytes,
};

describe.each(Object.entries(cases as unknown as Record<string, Case[]>))("%s", (name, list) => {
  test.each(list)("%d is written as %s", (value, words) => expect(formatters[name]!(value)).toBe(words));
});

test("what is not finite is said, never 0", () => {
  expect(format.loss(NaN)).toBe("NaN");
  expect(format.loss(Infinity)).toBe("∞");
  expect(format.duration(NaN)).toBe("–");
});

test("losses have four decimals, gradient norms two", () => {
  expect(format.loss(2.43432)).toBe("2.4343");
  expect(format.gradNorm(0.716)).toBe("0.72");
});

test.each([[0.001, "1.00\u202f×\u202f10⁻³"], [0.000114, "1.14\u202f×\u202f10⁻⁴"], [0, "0"], [0.25, "0.250"]])("learning rate %d", (value, words) =>
  expect(format.learningRate(value)).toBe(words));

test("lists end with and", () => {
  expect(format.list(["0"])).toBe("0");
  expect(format.list(["0", "1", "4"])).toBe("0, 1 and 4");
});
