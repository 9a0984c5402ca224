import { expect, test } from "vitest";
import { place, type Mark, type MarkKind } from "../src/charts/marks";

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
