import { expect, test } from "vitest";
import { slices, spans } from "../src/data/timeline";
import { History } from "../src/data/history";
import type { Run, RunView, Worker, WorkerState } from "../src/data/types";
import { progress, type Request } from "../src/page/controlflow";
import { matches } from "../src/page/filter";
import { lookOf } from "../src/page/panels/eventlook";
import { Window } from "../src/page/window";

const none = { dataWait: 0, forward: 0, backward: 0, exposedCommunication: 0, optimizer: 0, checkpoint: 0, other: 0, total: 0 };
const worker = (id: string, state: WorkerState): Worker => ({ workerId: id, rank: 0, host: "h", processId: 1, state, firstLane: 0, laneCount: 1, step: 5, lastSeen: "1970-01-01T00:00:00Z", phases: none, residentBytes: 0, badRows: 0 });

function run(over: Partial<Run> = {}): Run {
  return {
    sequence: 1, submission: { runId: "small-7", name: "small", spec: "", totalSteps: 100, globalBatch: 64, lanes: 8, minWorkers: 1, maxWorkers: 2, store: "" },
    state: "running", stateSince: "1970-01-01T00:00:00Z", reason: "", generation: 1, startedAt: "1970-01-01T00:00:00Z", now: "1970-01-01T00:01:00Z", step: 50,
    samplesPerSecond: 10, restarts: 0, workers: [worker("w0", "training"), worker("w1", "training")], checkpoints: [], evaluations: [], events: [], sources: [], badRows: 0, goodput: [], ...over,
  };
}

const asked: Request = { kind: "pause", by: "kim", at: 0, stepThen: 50, newestCheckpointThen: 40, workersThen: 2 };

test("a pause is requested, acknowledged by workers, and done when the run says so", () => {
  expect(progress(asked, run(), 500).stage).toBe("requested");
  const some = progress(asked, run({ pending: { kind: "pause", by: "kim", at: "1970-01-01T00:00:00Z", acknowledged: ["w0"] } }), 900);
  expect([some.stage, some.button, some.waiting]).toEqual(["acknowledged", "Pausing, 1 of 2", ["w1"]]);
  const done = progress(asked, run({ state: "paused", step: 51 }), 1500);
  expect([done.stage, done.outcome]).toEqual(["done", "Paused at step 51"]);
});

test("a checkpoint is done when it is written, not when it was asked for", () => {
  const request: Request = { ...asked, kind: "checkpoint" };
  const old = { step: 40, at: "1970-01-01T00:00:00Z", bytes: 1.42e9, writeSeconds: 3.1, stallSeconds: 0.1, verified: true };
  expect(progress(request, run({ checkpoints: [old] }), 10).stage).toBe("requested");
  const written = progress(request, run({ checkpoints: [old, { ...old, step: 52 }] }), 5000);
  expect(written.outcome).toBe("Checkpoint 52 written and verified, 1.42\u202fGB in 3.1\u202fs");
});

test("a resume is done when a step was made, and a run that failed says why", () => {
  const request: Request = { ...asked, kind: "resume" };
  expect(progress(request, run({ state: "running", step: 50 }), 100).stage).not.toBe("done");
  expect(progress(request, run({ state: "running", step: 51 }), 1100).outcome).toBe("Running again after 1.1\u202fs");
  expect(progress(asked, run({ state: "failed", reason: "no data" }), 1).stage).toBe("failed");
});

test("the filter takes names, states and figures, and all words must hold", () => {
  const view = { run: run({ latest: { step: 50, generation: 1, at: "", loss: 2.4, contrastive: 1, captioning: 1, learningRate: 0, gradNorm: 1, logitScale: 1, samples: 1, phases: none, skipped: false, attempt: 0 } }), sentence: { state: "slow", tone: "warn", first: [], second: [] } } as unknown as RunView;
  for (const yes of ["", "small", "state:run", "state:slow", "loss<2.5", "active small", "workers>1"]) expect(matches(view, yes), yes).toBe(true);
  for (const no of ["large", "state:failed", "loss<2", "small loss>3"]) expect(matches(view, no), no).toBe(false);
});

test("the window follows, zooms, and comes back to the whole run", () => {
  const w = new Window();
  expect(w.bounds(500, 1000)).toEqual({ from: 0, to: 500 });
  w.select(100.4, 199.2, 500);
  expect([w.follow, w.bounds(500, 1000)]).toEqual([false, { from: 100, to: 200 }]);
  w.toggleFollow(500, 1000);
  expect(w.bounds(520, 1000)).toEqual({ from: 420, to: 520 });
  w.whole();
  expect(w.bounds(520, 1000)).toEqual({ from: 0, to: 520 });
  // the first steps do not fill the page from edge to edge
  expect(w.bounds(3, 1000).to).toBe(20);
});

test("the strip books steps by their phases and the rest by what happened", () => {
  const history = new History();
  const phases = { ...none, forward: 0.5, backward: 0.25, dataWait: 0.25, total: 1 };
  const step = (n: number, ms: number) => ({ step: n, generation: 1, at: new Date(ms).toISOString(), loss: 1, contrastive: 1, captioning: 1, learningRate: 1, gradNorm: 1, logitScale: 1, samples: 1, phases, skipped: false, attempt: 0 });
  // 10 s of starting, two steps, 20 s paused, one step
  history.append([step(1, 11_000), step(2, 12_000), step(3, 33_000)]);
  const paused = run({ events: [{ sequence: 1, at: new Date(12_000).toISOString(), kind: "paused", step: 2, text: "" }] });
  const parts = slices(spans(paused, history, 33_000), 0, 33_000, 33);
  expect(parts.get("starting")![5]).toBeCloseTo(1, 5);
  expect(parts.get("data_wait")![10]).toBeCloseTo(0.25, 5);
  expect(parts.get("compute")![11]).toBeCloseTo(0.75, 5);
  expect(parts.get("paused")![20]).toBeCloseTo(1, 5);
  for (let i = 0; i < 33; i++) {
    let sum = 0;
    for (const share of parts.values()) sum += share[i]!;
    expect(sum).toBeCloseTo(1, 4);
  }
});

test("every event has a look, one that the page does not know as well", () => {
  expect(lookOf("stateDiffers")).toEqual(["degraded", "bad"]);
  expect(lookOf("checkpointFailed")).toEqual(["failed", "warn"]);
  expect(lookOf("ofTheFuture")).toEqual(["dot", "ink-3"]);
});
