import type { CommandKind } from "../data/api";
import { isLive, type Run } from "../data/types";
import { bytes, count, duration } from "../words/format";

export interface Request { kind: CommandKind; by: string; at: number; stepThen: number; newestCheckpointThen: number; workersThen: number }
export type Stage = "requested" | "acknowledged" | "done" | "failed";
export interface Progress {
  stage: Stage;
  /** Workers that have done their part, of all. */
  done: number;
  of: number;
  /** Short words for the button. */
  button: string;
  /** The line under "Done", or why not. */
  outcome: string;
  /** Workers that have not, by id. */
  waiting: string[];
}

const DOING: Record<CommandKind, string> = { pause: "Pausing", resume: "Resuming", stop: "Stopping", checkpoint: "Checkpoint" };

/**
 * How far a command is, read off the run alone: a control is done when the workers' own state says so, not when the
 * coordinator took the request.
 */
export function progress(request: Request, run: Run, now: number): Progress {
  const live = run.workers.filter(isLive);
  const [met, waiting] = split(request, run);
  const of = request.kind === "stop" ? Math.max(request.workersThen, live.length) : live.length;
  const make = (stage: Stage, outcome = ""): Progress => ({
    stage, done: met, of, waiting, outcome,
    button: stage === "done" ? "Done" : of > 0 && met > 0 ? `${DOING[request.kind]}, ${met} of ${of}` : `${DOING[request.kind]}…`,
  });
  if (run.state === "failed") return make("failed", `The run failed: ${run.reason}`);
  const took = duration((now - request.at) / 1000);
  switch (request.kind) {
    case "pause":
      if (run.state === "paused") return make("done", `Paused at step ${count(run.step)}`);
      break;
    case "resume":
      if (run.state === "running" && run.step > request.stepThen) return make("done", `Running again after ${took}`);
      break;
    case "stop":
      if (run.state === "stopped") return make("done", `Stopped at step ${count(run.step)}`);
      if (run.state === "completed") return make("done", `The run completed at step ${count(run.step)}`);
      break;
    case "checkpoint": {
      const written = [...run.checkpoints].reverse().find((c) => c.step > request.newestCheckpointThen);
      if (written) return make("done", `Checkpoint ${count(written.step)} written${written.verified ? " and verified" : ""}, ${bytes(written.bytes)} in ${duration(written.writeSeconds)}`);
      const refused = run.events.find((e) => e.kind === "checkpointRefused" && Date.parse(e.at) >= request.at - 1000);
      if (refused) return make("failed", refused.text);
    }
  }
  return make(met > 0 || (request.kind === "checkpoint" && run.pending?.kind === "checkpoint") ? "acknowledged" : "requested");
}

function split(request: Request, run: Run): [number, string[]] {
  // the coordinator counts who is at it; a checkpoint is everyone's work from the moment it is known
  if (run.pending && run.pending.kind === request.kind) {
    const all = run.workers.filter((w) => isLive(w) && w.rank >= 0).map((w) => w.workerId);
    const known = run.pending.acknowledged;
    return request.kind === "checkpoint" ? [0, []] : [known.length, all.filter((id) => !known.includes(id))];
  }
  if (request.kind === "checkpoint") return [0, []];
  const done = (state: string): boolean =>
    request.kind === "pause" ? state === "paused" : request.kind === "stop" ? state === "left" : state === "training" || state === "evaluating" || state === "checkpointing";
  const met = run.workers.filter((w) => done(w.state));
  return [met.length, run.workers.filter((w) => isLive(w) && !done(w.state)).map((w) => w.workerId)];
}
