/** Which steps the curves show. The whole run by default; a zoom keeps its width while it follows. */
export class Window {
  /** Null: from the start to the newest step. */
  zoom: { from: number; to: number } | null = null;
  follow = true;

  bounds(newest: number, total: number): { from: number; to: number } {
    // a run of a few steps does not fill the page from edge to edge
    const end = Math.max(newest, Math.min(total, 20), 1);
    if (!this.zoom) return { from: 0, to: end };
    if (!this.follow) return this.zoom;
    const width = this.zoom.to - this.zoom.from;
    return { from: Math.max(0, newest - width), to: Math.max(newest, width) };
  }

  select(from: number, to: number, newest: number): void {
    const a = Math.max(0, Math.floor(from));
    const b = Math.max(a + 2, Math.min(Math.ceil(to), Math.max(newest, a + 2)));
    this.zoom = { from: a, to: b };
    this.follow = false;
  }

  whole(): void {
    this.zoom = null;
    this.follow = true;
  }

  toggleFollow(newest: number, total: number): void {
    if (!this.follow) this.follow = true;
    else {
      this.zoom = this.bounds(newest, total);
      this.follow = false;
    }
  }

  /** The window around a step, as wide as now but no wider than a fifth of the run. */
  goTo(step: number, newest: number, total: number): void {
    const { from, to } = this.bounds(newest, total);
    const width = Math.max(10, Math.min(to - from, (newest || total) / 5));
    this.select(Math.max(0, step - width / 2), Math.max(width, step + width / 2), newest);
  }
}
