// What the dashboard sends. Names are those of the contracts; numbers may come as "NaN", "Infinity", "-Infinity".
export type RunState = "queued" | "gathering" | "running" | "recovering" | "paused" | "completed" | "failed" | "stopped";
export type WorkerState = "joining" | "starting" | "training" | "evaluating" | "checkpointing" | "paused" | "lost" | "left";
export type EventKind =
  | "submitted" | "workerJoined" | "workerLost" | "workerLeft" | "generationFormed" | "resumed" | "checkpointWritten"
  | "checkpointRefused" | "evaluated" | "lossSpike" | "nonFinite" | "badRows" | "paused" | "completed" | "failed" | "stopped"
  | "generationFailed" | "workerHeldBack" | "checkpointFailed" | "stateDiffers";
export type Num = number | "NaN" | "Infinity" | "-Infinity";

export interface Phases {
  dataWait: Num; forward: Num; backward: Num; exposedCommunication: Num; optimizer: Num; checkpoint: Num; other: Num; total: Num;
}
export interface StepRecord {
  step: number; generation: number; at: string; loss: Num; contrastive: Num; captioning: Num; learningRate: Num;
  gradNorm: Num; logitScale: Num; samples: number; phases: Phases; skipped: boolean; attempt: number;
}
export interface Worker {
  workerId: string; rank: number; host: string; processId: number; state: WorkerState; firstLane: number; laneCount: number;
  step: number; lastSeen: string; phases: Phases; residentBytes: number; badRows: number;
}
export interface Checkpoint { step: number; at: string; bytes: number; writeSeconds: number; stallSeconds: number; verified: boolean }
export interface Evaluation {
  step: number; at: string; name: string; candidates: number;
  imageToTextR1: number; imageToTextR5: number; imageToTextR10: number;
  textToImageR1: number; textToImageR5: number; textToImageR10: number;
}
export interface RunEvent { sequence: number; at: string; kind: EventKind; step: number; text: string; rank?: number }
export interface Source { name: string; epochs: number; lanes: number; samples: number }
export interface Submission {
  runId: string; name: string; spec: string; totalSteps: number; globalBatch: number; lanes: number;
  minWorkers: number; maxWorkers: number; store: string;
}
export interface Run {
  sequence: number; submission: Submission; state: RunState; stateSince: string; reason: string; generation: number;
  startedAt: string; now: string; step: number; samplesPerSecond: Num; secondsLeft?: number; restarts: number;
  latest?: StepRecord; workers: Worker[]; checkpoints: Checkpoint[]; evaluations: Evaluation[]; events: RunEvent[];
  sources: Source[]; badRows: number; goodput: { cause: string; seconds: number }[]; endedAt?: string; pending?: Pending;
}
/** A command under way, and the workers that have done or are doing what was asked. */
export interface Pending { kind: "pause" | "resume" | "stop" | "checkpoint"; by: string; at: string; acknowledged: string[] }
export interface Segment { text?: string; strong: boolean; since?: number; clock?: "heard" | "retry"; target?: string }
export interface Sentence { state: string; tone: string; first: Segment[]; second: Segment[] }
export interface RunView {
  run: Run; sentence: Sentence; coordinatorAway: Sentence; dashboardAway: Sentence;
  workerNames: Record<string, string>; stragglers: string[];
}
export interface RunsView { sentence: Sentence; runs: RunView[] }
export interface Contact { reachable: boolean; heardAgo?: number; retryIn?: number }
export interface Update { view: RunView; steps: StepRecord[] }
export interface Session { controls: boolean; authorized: boolean }
export interface HistoryBlock {
  sequence: number; names: string[]; firstStep: number[]; lastStep: number[]; at: number[]; count: number[]; nonFinite: number[];
  min: Num[][]; max: Num[][]; mean: Num[][]; last: Num[][];
}

export const num = (value: Num | undefined): number => (value === undefined ? NaN : Number(value));
export const time = (iso: string): number => Date.parse(iso);
export const hasEnded = (state: RunState): boolean => state === "completed" || state === "failed" || state === "stopped";
export const isLive = (worker: Worker): boolean => worker.state !== "lost" && worker.state !== "left";
