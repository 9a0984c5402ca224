import { expect, test } from "vitest";
import { place, type Mark, type MarkKind } from "../src/charts/marks";
import { roomAtTop } from "../src/charts/room";

const mark = (kind: MarkKind, step: number): Mark => ({ kind, step, at: step, title: kind, text: "" });
const at = (m: Mark): number => m.step;

test("marks too close to tell apart become one pill with the worst in front", () => {
  const places = place([mark("joined", 100), mark("nan", 108), mark("lost", 400)], at, 1000);
  expect(places.map((p) => [p.form, p.marks[0]!.kind, p.marks.length])).toEqual([["pill", "nan", 2], ["glyph", "lost", 1]]);
});

test("routine marks are glyphs while there is room, else ticks; the newest checkpoint always is one", () => {
  const tight = place([mark("checkpoint", 100), mark("checkpoint", 130), mark("checkpoint", 160)], at, 1000);
  expect(tight.map((p) => p.form)).toEqual(["tick", "tick", "glyph"]);
  const loose = place([mark("checkpoint", 100), mark("checkpoint", 200)], at, 1000);
  expect(loose.map((p) => p.form)).toEqual(["glyph", "glyph"]);
});

test("marks outside the window are not placed", () => expect(place([mark("lost", -50), mark("lost", 1200)], at, 1000)).toEqual([]));

test("words at the top stand where no curve comes up to them", () => {
  const xs = Array.from({ length: 101 }, (_, i) => i * 10);
  const high = (...from: [number, number][]) => xs.map((x) => (from.some(([a, b]) => x >= a && x <= b) ? 5 : 100));
  expect(roomAtTop(xs, high([0, 50]), 60, 120, 17)).toBe(60);
  // a curve that comes up again at 100 leaves too little room before it
  expect(roomAtTop(xs, high([0, 50], [100, 130]), 60, 120, 17)).toBe(140);
  // nowhere: beside the place where the curve comes back
  expect(roomAtTop(xs, high([0, 1000]), 60, 120, 17)).toBe(60);
});
