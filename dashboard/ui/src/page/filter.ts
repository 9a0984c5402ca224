import { hasEnded, num, type RunView } from "../data/types";

/**
 * Words that all have to hold: part of the name, `state:failed`, `active`, or a figure such as `loss<2.5`, `step>1000`,
 * `r1>0.2`, `workers<8`.
 */
export function matches(view: RunView, filter: string): boolean {
  return filter.toLowerCase().split(/\s+/).filter(Boolean).every((word) => holds(view, word));
}

function holds({ run, sentence }: RunView, word: string): boolean {
  if (word === "active") return !hasEnded(run.state);
  const state = /^state:(\w*)$/.exec(word);
  if (state) return run.state.startsWith(state[1]!) || sentence.state.startsWith(state[1]!);
  const figure = /^(loss|step|r1|workers|speed)([<>])(\d+(?:\.\d+)?)$/.exec(word);
  if (!figure) return run.submission.name.toLowerCase().includes(word) || run.submission.runId.toLowerCase().includes(word);
  const evaluation = run.evaluations[run.evaluations.length - 1];
  const value = {
    loss: num(run.latest?.loss), step: run.step, r1: evaluation ? evaluation.imageToTextR1 : NaN,
    workers: run.workers.length, speed: num(run.samplesPerSecond),
  }[figure[1] as "loss" | "step" | "r1" | "workers" | "speed"];
  return figure[2] === "<" ? value < Number(figure[3]) : value > Number(figure[3]);
}
