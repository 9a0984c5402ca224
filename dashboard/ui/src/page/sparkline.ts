import { getHistory } from "../data/api";
import { num } from "../data/types";
import { h } from "../ui/dom";
import { color } from "../ui/theme";

const WIDTH = 124;
const HEIGHT = 34;

interface Curve { steps: number[]; losses: number[]; bad: number }

/** The loss of a run in a list: x is the planned steps, y leaves the warm-up out, NaN is a ×. */
export class Sparkline {
  readonly element = h("canvas", { class: "spark", role: "img", "aria-label": "Loss" });
  private curve: Curve | null = null;
  private readAt = -1;
  private busy = false;

  constructor(private readonly id: string) {}

  /** Reads again when the run went on by a hundredth of its way. */
  async update(step: number, total: number, active: boolean, failed: boolean): Promise<void> {
    if (this.busy || (this.readAt >= 0 && step - this.readAt < Math.max(1, total / 100))) return;
    this.busy = true;
    try {
      const block = await getHistory(this.id, null, null, 80);
      const i = block.names.indexOf("loss");
      const bad = failed ? block.nonFinite.findLastIndex((n) => n > 0) : -1;
      this.curve = { steps: block.lastStep, losses: i < 0 ? [] : block.mean[i]!.map(num), bad: bad < 0 ? -1 : block.lastStep[bad]! };
      this.readAt = step;
      this.draw(total, active);
    } catch {
      // the next look at the list tries again
    } finally {
      this.busy = false;
    }
  }

  draw(total: number, active: boolean): void {
    const c = this.curve;
    if (!c || c.losses.length === 0) return;
    const ratio = devicePixelRatio;
    [this.element.width, this.element.height] = [WIDTH * ratio, HEIGHT * ratio];
    const ctx = this.element.getContext("2d")!;
    ctx.scale(ratio, ratio);
    const shown = c.losses.filter((v, i) => Number.isFinite(v) && (c.steps[i]! > total * 0.05 || c.losses.length < 8));
    const finite = shown.length > 1 ? shown : c.losses.filter(Number.isFinite);
    const [low, high] = [Math.min(...finite), Math.max(...finite)];
    const x = (s: number): number => 4 + (s / Math.max(total, 1)) * (WIDTH - 8);
    const y = (v: number): number => HEIGHT - 5 - ((Math.min(v, high) - low) / (high - low || 1)) * (HEIGHT - 10);
    ctx.strokeStyle = color(active ? "--ink-1" : "--ink-3");
    ctx.lineWidth = 1.5;
    ctx.lineJoin = "round";
    ctx.beginPath();
    let open = false;
    let lastX = 0;
    let lastY = HEIGHT / 2;
    let { bad } = c;
    c.losses.forEach((v, i) => {
      if (!Number.isFinite(v)) {
        open = false;
        bad = c.steps[i]!;
        return;
      }
      if (v > high * 1.0001 && c.steps[i]! <= total * 0.05) return;
      [lastX, lastY] = [x(c.steps[i]!), y(v)];
      if (open) ctx.lineTo(lastX, lastY);
      else ctx.moveTo(lastX, lastY);
      open = true;
    });
    ctx.stroke();
    if (bad >= 0) {
      ctx.strokeStyle = color("--bad");
      ctx.lineWidth = 2;
      const bx = x(bad);
      ctx.beginPath();
      for (const d of [1, -1]) {
        ctx.moveTo(bx - 3, 6 - 3 * d);
        ctx.lineTo(bx + 3, 6 + 3 * d);
      }
      ctx.stroke();
    } else if (active) {
      ctx.fillStyle = color("--ink-1");
      ctx.beginPath();
      ctx.arc(lastX, lastY, 2.6, 0, 2 * Math.PI);
      ctx.fill();
    }
  }
}
