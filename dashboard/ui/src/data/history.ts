import { num, time, type HistoryBlock, type StepRecord } from "./types";

export const SERIES = [
  "loss", "contrastive", "captioning", "learning_rate", "grad_norm", "logit_scale", "samples_per_second", "step_seconds",
  "data_wait", "forward", "backward", "communication", "optimizer", "checkpoint", "other",
] as const;
export type SeriesName = (typeof SERIES)[number];

interface Column { min: Float64Array; max: Float64Array; mean: Float64Array }

/**
 * Buckets of consecutive steps in growing typed arrays: a block of history, and behind it the live steps as buckets of
 * one. A bucket's missing value is NaN.
 */
export class History {
  length = 0;
  /** Buckets from here on came live and are one step wide. */
  liveFrom = 0;
  first = new Float64Array(1024);
  last = new Float64Array(1024);
  at = new Float64Array(1024);
  count = new Float64Array(1024);
  /** Steps of a bucket whose loss or gradient was not finite; its values are those of the others. */
  bad = new Float64Array(1024);
  /** Grows with every change. */
  version = 0;
  /** Of the newest live step; -1 before the first. */
  private generation = -1;
  private attempt = 0;
  private readonly columns = new Map<SeriesName, Column>();

  constructor() {
    for (const name of SERIES) this.columns.set(name, { min: new Float64Array(1024), max: new Float64Array(1024), mean: new Float64Array(1024) });
  }

  column(name: SeriesName): Column {
    return this.columns.get(name)!;
  }

  get newestStep(): number {
    return this.length === 0 ? 0 : this.last[this.length - 1]!;
  }

  get liveCount(): number {
    return this.length - this.liveFrom;
  }

  /** Replaces everything by a block; live steps that the block does not hold yet stay. */
  load(block: HistoryBlock): void {
    const blockEnd = block.lastStep[block.lastStep.length - 1] ?? -1;
    const kept = this.liveAfter(blockEnd);
    this.length = 0;
    this.reserve(block.count.length + kept.length);
    this.first.set(block.firstStep);
    this.last.set(block.lastStep);
    this.at.set(block.at);
    this.count.set(block.count);
    this.bad.set(block.nonFinite);
    for (const name of SERIES) {
      const column = this.column(name);
      const s = block.names.indexOf(name);
      for (let i = 0; i < block.count.length; i++) {
        column.min[i] = s < 0 ? NaN : num(block.min[s]![i]);
        column.max[i] = s < 0 ? NaN : num(block.max[s]![i]);
        column.mean[i] = s < 0 ? NaN : num(block.mean[s]![i]);
      }
    }
    this.length = this.liveFrom = block.count.length;
    for (const step of kept) this.push(step);
    this.version++;
  }

  /** Adds live steps. False when one does not follow: the history has to be read again. */
  append(steps: readonly StepRecord[]): boolean {
    let follows = true;
    for (const step of steps) {
      if (this.length > 0 && step.step <= this.newestStep) {
        if (!this.isLater(step)) {
          // seen already, or it fills a hole: only the newest block knows
          if (step.step < this.newestStep) follows = false;
          continue;
        }
        // the run went back: what it does again replaces all that came after
        if (!this.cut(step.step)) follows = false;
      }
      this.generation = Math.max(this.generation, step.generation);
      this.attempt = step.attempt;
      if (this.length > 0 && step.step > this.newestStep + 1) follows = false;
      this.push(toLive(step));
    }
    this.version++;
    return follows;
  }

  /** Index of the bucket that holds a step, or the nearest one; -1 when empty. */
  indexOf(step: number): number {
    let low = 0;
    let high = this.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.last[middle]! < step) low = middle + 1;
      else high = middle;
    }
    return this.length === 0 ? -1 : low;
  }

  private isLater(step: StepRecord): boolean {
    return this.generation >= 0 && (step.generation > this.generation || (step.generation === this.generation && step.attempt > this.attempt));
  }

  /** Drops a step and all after it; false when that reaches into the block, whose buckets then end too early. */
  private cut(step: number): boolean {
    while (this.length > 0 && this.last[this.length - 1]! >= step) this.length--;
    const whole = this.length >= this.liveFrom;
    this.liveFrom = Math.min(this.liveFrom, this.length);
    return whole;
  }

  private liveAfter(step: number): Live[] {
    const kept: Live[] = [];
    for (let i = this.liveFrom; i < this.length; i++) {
      if (this.last[i]! <= step) continue;
      const values = {} as Record<SeriesName, number>;
      for (const name of SERIES) values[name] = this.column(name).mean[i]!;
      kept.push({ step: this.last[i]!, at: this.at[i]!, values });
    }
    return kept;
  }

  private push(live: Live): void {
    const i = this.length;
    this.reserve(i + 1);
    this.first[i] = this.last[i] = live.step;
    this.at[i] = live.at;
    this.count[i] = 1;
    this.bad[i] = Number.isFinite(live.values.loss) && Number.isFinite(live.values.grad_norm) ? 0 : 1;
    for (const name of SERIES) {
      const column = this.column(name);
      column.min[i] = column.max[i] = column.mean[i] = live.values[name];
    }
    this.length = i + 1;
  }

  private reserve(size: number): void {
    if (size <= this.first.length) return;
    const capacity = Math.max(size, this.first.length * 2);
    const grow = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const bigger = new Float64Array(capacity);
      bigger.set(old.subarray(0, this.length));
      return bigger;
    };
    this.first = grow(this.first);
    this.last = grow(this.last);
    this.at = grow(this.at);
    this.count = grow(this.count);
    this.bad = grow(this.bad);
    for (const column of this.columns.values()) {
      column.min = grow(column.min);
      column.max = grow(column.max);
      column.mean = grow(column.mean);
    }
  }
}

interface Live { step: number; at: number; values: Record<SeriesName, number> }

export function toLive(record: StepRecord): Live {
  const p = record.phases;
  const total = num(p.total);
  return {
    step: record.step,
    at: time(record.at),
    values: {
      loss: num(record.loss),
      contrastive: num(record.contrastive),
      captioning: num(record.captioning),
      learning_rate: num(record.learningRate),
      grad_norm: num(record.gradNorm),
      logit_scale: num(record.logitScale),
      samples_per_second: total > 0 ? record.samples / total : NaN,
      step_seconds: total,
      data_wait: num(p.dataWait),
      forward: num(p.forward),
      backward: num(p.backward),
      communication: num(p.exposedCommunication),
      optimizer: num(p.optimizer),
      checkpoint: num(p.checkpoint),
      other: num(p.other),
    },
  };
}
