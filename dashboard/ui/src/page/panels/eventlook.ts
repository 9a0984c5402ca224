import type { EventKind } from "../../data/types";

type Look = readonly [glyph: string, token: string];

const LOOK: Record<EventKind, Look> = {
  submitted: ["queued", "ink-3"], workerJoined: ["joined", "ok"], workerLost: ["lost", "warn"], workerLeft: ["stopped", "idle"],
  generationFormed: ["dot", "ink-3"], resumed: ["resumed", "info"], checkpointWritten: ["checkpoint", "ink-3"], checkpointRefused: ["failed", "bad"],
  evaluated: ["evaluation", "ink-3"], lossSpike: ["spike", "bad"], nonFinite: ["nan", "bad"], badRows: ["slow", "warn"], paused: ["paused", "idle"],
  generationFailed: ["recovering", "warn"], workerHeldBack: ["queued", "warn"], checkpointFailed: ["failed", "warn"], stateDiffers: ["degraded", "bad"],
  completed: ["completed", "ink-2"], failed: ["failed", "bad"], stopped: ["stopped", "idle"],
};

/** Glyph and colour of an event; a coordinator that is newer than this page may tell of kinds that it does not know. */
export const lookOf = (kind: string): Look => LOOK[kind as EventKind] ?? ["dot", "ink-3"];
