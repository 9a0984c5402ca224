import { count } from "../words/format";
import { time, type EventKind, type Run } from "../data/types";

export type MarkKind = "nan" | "spike" | "lost" | "resumed" | "paused" | "failed" | "joined" | "checkpoint" | "evaluation";

/** Something that happened at a step: a glyph in the ruler, and for what matters a line through all rows. */
export interface Mark { kind: MarkKind; step: number; at: number; title: string; text: string }

interface Style { glyph: string; token: string; line: "dashed" | "solid" | null; rank: number }

/** Worst first. */
export const MARKS: Record<MarkKind, Style> = {
  nan: { glyph: "nan", token: "--bad", line: "dashed", rank: 0 },
  failed: { glyph: "failed", token: "--bad", line: "solid", rank: 1 },
  spike: { glyph: "spike", token: "--bad", line: "dashed", rank: 2 },
  lost: { glyph: "lost", token: "--warn", line: "dashed", rank: 3 },
  resumed: { glyph: "resumed", token: "--info", line: "solid", rank: 5 },
  paused: { glyph: "paused", token: "--idle", line: "solid", rank: 6 },
  joined: { glyph: "joined", token: "--ok", line: null, rank: 7 },
  checkpoint: { glyph: "checkpoint", token: "--ink-3", line: null, rank: 8 },
  evaluation: { glyph: "evaluation", token: "--ink-3", line: null, rank: 9 },
};

const OF_EVENT: Partial<Record<EventKind, [MarkKind, string]>> = {
  nonFinite: ["nan", "Not finite"],
  failed: ["failed", "Failed"],
  lossSpike: ["spike", "Loss spike"],
  stateDiffers: ["failed", "Weights differ"],
  workerLost: ["lost", "Worker lost"],
  resumed: ["resumed", "Resumed"],
  paused: ["paused", "Paused"],
  workerJoined: ["joined", "Worker joined"],
};

export function marksOf(run: Run): Mark[] {
  const marks: Mark[] = [];
  for (const event of run.events) {
    const known = OF_EVENT[event.kind];
    // who was there from the start did not join
    if (!known || (event.kind === "workerJoined" && event.step === 0)) continue;
    marks.push({ kind: known[0], step: event.step, at: time(event.at), title: `${known[1]} at step ${count(event.step)}`, text: event.text });
  }
  for (const c of run.checkpoints)
    marks.push({ kind: "checkpoint", step: c.step, at: time(c.at), title: `Checkpoint ${count(c.step)}`, text: c.verified ? "Written and verified." : "Written, not yet verified." });
  for (const e of run.evaluations)
    marks.push({ kind: "evaluation", step: e.step, at: time(e.at), title: `Evaluation at step ${count(e.step)}`, text: `${e.name}, ${count(e.candidates)} candidates.` });
  return marks.sort((a, b) => a.step - b.step || MARKS[a.kind].rank - MARKS[b.kind].rank);
}

/** What stands at one place of the ruler: one mark, or several too close to tell apart. */
export interface Place { x: number; marks: Mark[]; form: "glyph" | "pill" | "tick" }

const NEAR = 13;
const ROUTINE_SPACE = 60;
const isRoutine = (m: Mark): boolean => m.kind === "checkpoint" || m.kind === "evaluation";

/** Lays marks out along the ruler; `x` gives a mark's place in CSS pixels. */
export function place(marks: readonly Mark[], x: (mark: Mark) => number, width: number): Place[] {
  const visible = marks.map((m) => ({ m, x: x(m) })).filter((p) => p.x >= -0.5 && p.x <= width + 0.5);
  const places: Place[] = [];
  for (const p of visible.filter((v) => !isRoutine(v.m))) {
    const last = places[places.length - 1];
    if (last && p.x - last.x < NEAR) {
      last.marks.push(p.m);
      last.form = "pill";
    } else places.push({ x: p.x, marks: [p.m], form: "glyph" });
  }
  for (const one of places) one.marks.sort((a, b) => MARKS[a.kind].rank - MARKS[b.kind].rank);
  const taken = places.map((p) => p.x);
  const routine = visible.filter((v) => isRoutine(v.m));
  const newest = [...routine].reverse().find((v) => v.m.kind === "checkpoint");
  // newest first, so that the newest checkpoint always has its glyph
  for (const p of [...(newest ? [newest] : []), ...[...routine].reverse().filter((v) => v !== newest)]) {
    const sameKind = routine.filter((v) => v.m.kind === p.m.kind);
    const spaced = sameKind.every((v) => v === p || Math.abs(v.x - p.x) >= ROUTINE_SPACE);
    const free = taken.every((t) => Math.abs(t - p.x) >= NEAR);
    const form = (spaced || p === newest) && (free || p === newest) ? "glyph" : "tick";
    if (form === "tick" && !free) continue;
    if (form === "glyph") taken.push(p.x);
    places.push({ x: p.x, marks: [p.m], form });
  }
  return places.sort((a, b) => a.x - b.x);
}
