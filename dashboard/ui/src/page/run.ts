import { ApiError, getRun } from "../data/api";
import { Stream, type Link } from "../data/stream";
import { hasEnded, num, time, type RunView, type Sentence, type StepRecord } from "../data/types";
import { h, replace } from "../ui/dom";
import { bindKeys } from "../ui/keys";
import { toggleTheme } from "../ui/theme";
import { rate, THIN } from "../words/format";
import { Controls } from "./controls";
import { Facts } from "./facts";
import { openHelp } from "./help";
import { Nav, TABS, type Tab } from "./nav";
import { Checkpoints } from "./panels/checkpoints";
import { Events } from "./panels/events";
import type { Panel } from "./panels/panel";
import { Sources } from "./panels/sources";
import { WorkerBars } from "./panels/workerbars";
import { Workers } from "./panels/workers";
import { Score } from "./score";
import { plainSentence, SentenceView } from "./sentence";

const BARS_AFTER_MS = 150;

/** The page of one run: nav and status sentence that never leave, the score or a list, panels below. */
export class RunPage {
  readonly element = h("div", { class: "page run-page loading" });
  private readonly nav: Nav;
  private readonly sentence = new SentenceView((target) => this.goToPanel(target));
  private readonly facts = new Facts();
  private readonly controls: Controls;
  private readonly tryNow = h("button", { type: "button", class: "button", hidden: true, onclick: () => this.stream.tryNow() }, "Try now");
  private readonly score: Score | null;
  private readonly panels: Panel[];
  private readonly stream: Stream;
  private readonly ticking: ReturnType<typeof setInterval>;
  private readonly unbind: () => void;
  private readonly config = h("pre", { class: "config", "data-testid": "config" });
  private view: RunView | null = null;
  private link: Link = { state: "connecting", heardAt: null, retryAt: null };
  /** Server time minus this page's clock. */
  private offset = Date.now() - performance.now();

  constructor(private readonly id: string, private readonly tab: Tab) {
    this.nav = new Nav(id, tab, () => openHelp(this.nav.element.querySelector(".key")!));
    this.controls = new Controls(() => this.now());
    this.nav.name(id, 1);
    this.nav.left.append(this.controls.lock);
    this.nav.right.append(this.controls.element);
    this.score = tab === "overview" ? new Score(id, () => this.now()) : null;
    this.panels = this.makePanels();
    const status = h("div", { class: "status", "data-testid": "status" }, this.sentence.element, this.tryNow, this.facts.element);
    const top = h("div", { class: "top" }, this.nav.element, status);
    const body = h("div", { class: `panels panels-${tab}` }, ...this.panels.map((p) => p.element), tab === "config" ? this.config : null);
    this.element.append(top, h("main", {}, this.score?.element ?? null, body));
    this.sentence.show(plainSentence("queued", "idle", "", []), this.clocks());
    setTimeout(() => this.element.classList.add("waited"), BARS_AFTER_MS);
    this.stream = new Stream(id, {
      snapshot: (view) => this.take(view, []),
      update: (u) => this.take(u.view, u.steps),
      gap: () => void this.score?.reload(),
      link: (link) => this.linked(link),
    });
    this.ticking = setInterval(() => this.tick(), 1000);
    this.unbind = bindKeys(this.keys());
    if (tab === "config") void this.loadConfig();
    void this.checkExists();
  }

  close(): void {
    this.stream.close();
    this.score?.close();
    clearInterval(this.ticking);
    this.unbind();
  }

  private now(): number {
    return performance.now() + this.offset;
  }

  private clocks(): { now(): number; heardAt: number | null; retryAt: number | null } {
    return { now: () => this.now(), heardAt: this.link.heardAt, retryAt: this.link.retryAt };
  }

  private makePanels(): Panel[] {
    const goTo = (step: number): void => {
      if (this.score) this.score.goTo(step);
      else location.assign(`/runs/${encodeURIComponent(this.id)}#step=${step}`);
    };
    switch (this.tab) {
      case "overview": return [new WorkerBars(), new Sources(), new Workers(), new Checkpoints(6), new Events(8, goTo)];
      case "workers": return [new Workers(), new WorkerBars(), new Sources()];
      case "checkpoints": return [new Checkpoints(1000)];
      case "events": return [new Events(1000, goTo)];
      case "config": return [];
    }
  }

  private take(view: RunView, steps: readonly StepRecord[]): void {
    const first = this.view === null;
    this.view = view;
    this.offset = time(view.run.now) - performance.now();
    if (first) this.element.classList.remove("loading");
    this.score?.update(view, steps);
    this.write();
    const jump = /#step=(\d+)/.exec(location.hash);
    if (first && jump) {
      history.replaceState(null, "", location.pathname);
      this.score?.goTo(Number(jump[1]));
    }
  }

  private linked(link: Link): void {
    this.link = link;
    this.write();
  }

  private get away(): boolean {
    return this.link.state === "coordinator" || this.link.state === "dashboard";
  }

  private spoken(): Sentence | null {
    if (!this.view) {
      if (this.link.state === "coordinator") return plainSentence("stale", "warn", "The dashboard cannot reach the coordinator.", [{ text: "Trying again in ", strong: false }, { clock: "retry", strong: false }, { text: ".", strong: false }]);
      if (this.link.state === "dashboard") return plainSentence("stale", "warn", "This page cannot reach the dashboard.", [{ text: "Trying again in ", strong: false }, { clock: "retry", strong: false }, { text: ".", strong: false }]);
      return null;
    }
    // how a run ended stays true without news
    if (!this.away || hasEnded(this.view.run.state)) return this.view.sentence;
    return this.link.state === "coordinator" ? this.view.coordinatorAway : this.view.dashboardAway;
  }

  private write(): void {
    const sentence = this.spoken();
    if (sentence) {
      this.sentence.show(sentence, this.clocks());
      this.element.classList.remove("loading");
    }
    const ended = this.view !== null && hasEnded(this.view.run.state);
    const stale = this.away && !ended;
    this.element.classList.toggle("stale", stale);
    this.tryNow.hidden = !stale;
    const words = stale ? "Reconnecting" : this.link.state === "connecting" ? "Connecting" : ended ? "Ended" : this.view?.run.state === "paused" ? "Paused" : "Live";
    this.nav.link(words, stale ? "warn" : words === "Live" ? "ok" : "idle");
    this.score?.silent(stale && this.link.heardAt !== null ? this.link.heardAt + this.offset : null);
    const view = this.view;
    if (!view || !sentence) return;
    const { run } = view;
    document.title = `${sentence.state} · ${run.submission.name}`;
    this.nav.name(run.submission.name, run.generation);
    this.nav.state(sentence.state === "running" || sentence.state === "slow" ? `${sentence.state}, ${rate(num(run.samplesPerSecond))}${THIN}samples/s` : sentence.state, sentence.tone);
    this.facts.update(view);
    this.controls.update(view, !this.away);
    for (const panel of this.panels) panel.update(view, this.now());
  }

  private tick(): void {
    if (document.hidden) return;
    this.sentence.count(this.clocks());
    if (!this.view) return;
    for (const panel of this.panels) panel.update(this.view, this.now());
    this.controls.update(this.view, !this.away);
  }

  private goToPanel(target: string): void {
    const el = document.getElementById(target);
    if (el) el.scrollIntoView({ block: "center" });
    else location.assign(`/runs/${encodeURIComponent(this.id)}/${target}`);
  }

  private async checkExists(): Promise<void> {
    try {
      await getRun(this.id);
    } catch (fault) {
      if (!(fault instanceof ApiError) || fault.status !== 404) return;
      this.stream.close();
      this.nav.link("", "idle");
      this.element.classList.remove("loading");
      this.sentence.show(plainSentence("queued", "idle", `There is no run '${this.id}'.`, [{ text: "All runs", target: "/", strong: false }]), this.clocks());
    }
  }

  private async loadConfig(): Promise<void> {
    try {
      const { run } = await getRun(this.id);
      replace(this.config, run.submission.spec || "No run file is kept with this run.");
    } catch (fault) {
      replace(this.config, fault instanceof Error ? fault.message : "The run file could not be read.");
    }
  }

  private keys(): Record<string, (e: KeyboardEvent) => void> {
    const step = (by: number) => (e: KeyboardEvent) => this.score?.step(by * (e.shiftKey ? 10 : 1));
    const tabs = Object.fromEntries(TABS.map(([id], i) => [String(i + 1), () => location.assign(`/runs/${encodeURIComponent(this.id)}${id === "overview" ? "" : `/${id}`}`)]));
    return {
      ...tabs,
      f: () => this.score?.toggleFollow(),
      z: () => this.score?.showWhole(),
      s: () => this.score?.nextSmoothing(),
      x: () => this.score?.nextAxis(),
      t: () => toggleTheme(),
      g: () => location.assign("/"),
      "?": () => openHelp(this.nav.element.querySelector(".key")!),
      ArrowLeft: step(-1),
      ArrowRight: step(1),
      "[": () => this.score?.jump(-1),
      "]": () => this.score?.jump(1),
    };
  }
}
