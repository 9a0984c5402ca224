import { eventsUrl } from "./api";
import type { Contact, RunView, Update } from "./types";

export interface StreamHandlers {
  snapshot(view: RunView): void;
  update(update: Update): void;
  gap(): void;
  /** Whether news can come, and how old the last is. */
  link(link: Link): void;
}

/** live: news come. coordinator: the dashboard lost the coordinator. dashboard: this page lost the dashboard. */
export interface Link { state: "connecting" | "live" | "coordinator" | "dashboard"; heardAt: number | null; retryAt: number | null }

const SILENCE_MS = 5000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 8000;

/** One event stream per tab. It reconnects by itself and says how things stand. */
export class Stream {
  private source: EventSource | null = null;
  private readonly watch: ReturnType<typeof setInterval>;
  private lastWord = performance.now();
  private wait = FIRST_WAIT_MS;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private current: Link = { state: "connecting", heardAt: null, retryAt: null };

  constructor(private readonly id: string, private readonly handlers: StreamHandlers) {
    this.open();
    this.watch = setInterval(() => {
      if (this.source && performance.now() - this.lastWord > SILENCE_MS) this.lost();
    }, 1000);
  }

  get link(): Link {
    return this.current;
  }

  tryNow(): void {
    if (this.current.state === "live") return;
    if (this.retry) clearTimeout(this.retry);
    this.open();
  }

  close(): void {
    clearInterval(this.watch);
    if (this.retry) clearTimeout(this.retry);
    this.source?.close();
    this.source = null;
  }

  private open(): void {
    this.source?.close();
    this.lastWord = performance.now();
    const source = (this.source = new EventSource(eventsUrl(this.id)));
    source.addEventListener("snapshot", (e) => this.heard(e, () => this.handlers.snapshot(JSON.parse(e.data) as RunView)));
    source.addEventListener("update", (e) => this.heard(e, () => this.handlers.update(JSON.parse(e.data) as Update)));
    source.addEventListener("gap", (e) => this.heard(e, () => this.handlers.gap()));
    source.addEventListener("contact", (e) => this.contact(JSON.parse(e.data) as Contact));
    source.addEventListener("error", () => {
      if (this.source === source) this.lost();
    });
  }

  private heard(_: Event, handle: () => void): void {
    this.lastWord = performance.now();
    this.wait = FIRST_WAIT_MS;
    this.set({ state: "live", heardAt: performance.now(), retryAt: null });
    handle();
  }

  private contact(contact: Contact): void {
    const now = performance.now();
    this.lastWord = now;
    this.wait = FIRST_WAIT_MS;
    const heardAt = contact.heardAgo === undefined ? this.current.heardAt : now - contact.heardAgo * 1000;
    if (contact.reachable) this.set({ state: heardAt === null ? "connecting" : "live", heardAt, retryAt: null });
    else this.set({ state: "coordinator", heardAt, retryAt: now + (contact.retryIn ?? 0) * 1000 });
  }

  private lost(): void {
    this.source?.close();
    this.source = null;
    const wait = this.wait;
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    this.set({ state: "dashboard", heardAt: this.current.heardAt, retryAt: performance.now() + wait });
    this.retry = setTimeout(() => this.open(), wait);
  }

  private set(link: Link): void {
    this.current = link;
    this.handlers.link(link);
  }
}
