import { ApiError, command, getSession, signIn, userName, type CommandKind } from "../data/api";
import { hasEnded, type RunView, type Session } from "../data/types";
import { h, replace, setText } from "../ui/dom";
import { glyph } from "../ui/glyphs";
import { openPopover } from "../ui/popover";
import { clockWithSeconds, duration, list } from "../words/format";
import { progress, type Progress, type Request } from "./controlflow";

const NO_ANSWER_MS = 10_000;

/** Checkpoint now, Pause or Resume, Stop…: each tells its stage where it was pressed. */
export class Controls {
  readonly element = h("div", { class: "controls" });
  private readonly checkpoint = this.button("checkpoint", "Checkpoint now");
  private readonly pause = this.button("pause", "Pause");
  private readonly stop = this.button("stop", "Stop…");
  /** Stands apart from the others, so that nothing moves when it goes. */
  readonly lock = h("button", { type: "button", class: "button sign-in-button", "data-off": true, "data-testid": "sign-in", onclick: () => this.askToken() }, "Sign in");
  private readonly menu = h("button", { type: "button", class: "button menu", "aria-haspopup": "dialog", onclick: () => this.openMenu() }, "Control ▾");
  private session: Session = { controls: false, authorized: false };
  private request: Request | null = null;
  private requestButton: HTMLButtonElement | null = null;
  private story: HTMLElement | null = null;
  private view: RunView | null = null;
  private reachable = true;

  constructor(private readonly now: () => number) {
    this.element.append(this.checkpoint, this.pause, this.stop, this.menu);
    void this.refreshSession();
  }

  update(view: RunView, reachable: boolean): void {
    const first = this.view === null;
    this.view = view;
    this.reachable = reachable;
    const state = view.run.state;
    // a run that had ended before anyone looked leaves no room for them; one that ends now moves nothing
    if (first && hasEnded(state)) for (const el of [this.element, this.lock]) el.toggleAttribute("data-gone", true);
    this.element.toggleAttribute("data-off", hasEnded(state) && this.request === null);
    const on = this.session.authorized && reachable && !hasEnded(state);
    for (const b of [this.checkpoint, this.pause, this.stop]) b.disabled = !on;
    this.pause.dataset.kind = state === "paused" ? "resume" : "pause";
    this.lock.toggleAttribute("data-off", !this.session.controls || this.session.authorized || hasEnded(state));
    this.element.title = this.session.authorized ? "" : this.session.controls
      ? "Read-only: sign in to pause, resume, stop or take a checkpoint."
      : "Read-only: this dashboard was started without a token.";
    this.write();
  }

  private button(kind: CommandKind, label: string): HTMLButtonElement {
    const b = h("button", { type: "button", class: "button", "data-kind": kind, "data-testid": `control-${kind}`, disabled: true }, h("span", {}, label));
    b.addEventListener("click", () => {
      const asked = b.dataset.kind as CommandKind;
      if (this.request && this.requestButton === b) this.showStory(b);
      else if (asked === "stop") this.confirmStop(b);
      else void this.send(asked, b);
    });
    return b;
  }

  private write(): void {
    const view = this.view!;
    const p = this.request ? progress(this.request, view.run, this.now()) : null;
    for (const [b, label] of [[this.checkpoint, "Checkpoint now"], [this.pause, view.run.state === "paused" ? "Resume" : "Pause"], [this.stop, "Stop…"]] as const) {
      const mine = this.requestButton === b && p !== null;
      setText(b.firstElementChild!, mine ? p.button : label);
      b.classList.toggle("busy", mine && (p.stage === "requested" || p.stage === "acknowledged"));
      b.classList.toggle("primary", b === this.pause && view.run.state === "paused" && !mine);
      if (mine) b.dataset.stage = p.stage;
      else delete b.dataset.stage;
    }
    if (p && this.story) this.writeStory(p);
    if (p && (p.stage === "done" || p.stage === "failed") && !this.story) this.forget();
  }

  private forget(): void {
    this.request = null;
    this.requestButton = null;
    if (this.view) this.update(this.view, this.reachable);
  }

  private async send(kind: CommandKind, b: HTMLButtonElement): Promise<void> {
    const run = this.view!.run;
    this.request = {
      kind, by: userName(), at: this.now(), stepThen: run.step,
      newestCheckpointThen: Math.max(-1, ...run.checkpoints.map((c) => c.step)), workersThen: run.workers.length,
    };
    this.requestButton = b;
    this.write();
    this.showStory(b);
    try {
      const answered = await command(run.submission.runId, kind);
      this.update({ ...answered, sentence: this.view!.sentence }, this.reachable);
    } catch (fault) {
      const words = fault instanceof ApiError ? fault.message : "The request did not arrive.";
      if (this.story) replace(this.story, h("p", { class: "stage failed", role: "alert" }, icon("failed", "bad"), words));
      this.request = null;
      this.requestButton = null;
      if (fault instanceof ApiError && fault.status === 401) await this.refreshSession();
      this.write();
    }
  }

  private showStory(b: HTMLButtonElement): void {
    this.story = h("div", { class: "stages", "data-testid": "control-story" });
    openPopover({ anchor: b.offsetParent ? b : this.menu, label: "Progress of the request", onClose: () => {
      this.story = null;
      if (this.view) this.write();
    } }, this.story);
    if (this.request) this.writeStory(progress(this.request, this.view!.run, this.now()));
  }

  private writeStory(p: Progress): void {
    const request = this.request!;
    const names = this.view!.workerNames;
    const waited = this.now() - request.at;
    const who = p.waiting.map((id) => names[id] ?? id);
    const acknowledged = p.stage === "requested"
      ? waited > NO_ANSWER_MS ? `No worker has answered for ${duration(waited / 1000)}` : "Acknowledged"
      : request.kind === "checkpoint" ? "Acknowledged" : `Acknowledged by ${p.done} of ${p.of} ${p.of === 1 ? "worker" : "workers"}`;
    const title = { pause: "Pause", resume: "Resume", stop: "Stop", checkpoint: "Checkpoint now" }[request.kind];
    replace(
      this.story!,
      h("h3", {}, title),
      h("p", { class: "stage" }, icon("completed", "ink-2"), `Requested${request.by ? ` by ${request.by}` : ""}`, h("time", {}, clockWithSeconds(request.at))),
      h("p", { class: p.stage === "requested" ? "stage waiting" : "stage" }, icon(p.stage === "requested" ? "queued" : p.stage === "acknowledged" ? "waiting" : "completed", p.stage === "acknowledged" ? "info" : "ink-2"), acknowledged,
        who.length > 0 && p.stage === "acknowledged" ? h("small", {}, `waiting for ${who.length === 1 ? "worker" : "workers"} ${list(who)}`) : null),
      h("p", { class: p.stage === "failed" ? "stage failed" : p.stage === "done" ? "stage" : "stage waiting", "data-testid": "control-outcome" },
        icon(p.stage === "done" ? "completed" : p.stage === "failed" ? "failed" : "queued", p.stage === "failed" ? "bad" : "ink-2"), p.outcome || "Done"),
    );
  }

  private confirmStop(b: HTMLButtonElement): void {
    const name = this.view!.run.submission.name;
    const { close } = openPopover(
      { anchor: b.offsetParent ? b : this.menu, label: "Stop the run" },
      h("p", { class: "ask" }, `Stop ${name} at the next step? A checkpoint is written first. It can be resumed.`),
      h("div", { class: "actions" },
        h("button", { type: "button", class: "button danger", "data-testid": "stop-confirm", onclick: () => {
          close();
          void this.send("stop", b);
        } }, "Stop the run"),
        h("button", { type: "button", class: "button", onclick: () => close() }, "Keep running")),
    );
  }

  private openMenu(): void {
    const pick = (b: HTMLButtonElement): HTMLButtonElement =>
      h("button", { type: "button", class: "button", disabled: b.disabled, onclick: () => {
        close();
        b.click();
      } }, b.textContent ?? "");
    const items: HTMLElement[] = [pick(this.checkpoint), pick(this.pause), pick(this.stop)];
    if (!this.lock.hasAttribute("data-off")) items.push(h("button", { type: "button", class: "button", onclick: () => {
      close();
      this.askToken();
    } }, "Sign in"));
    const { close } = openPopover({ anchor: this.menu, label: "Controls" }, h("div", { class: "menu-items" }, ...items), h("p", { class: "small" }, this.element.title));
  }

  private askToken(): void {
    const name = h("input", { type: "text", id: "sign-in-name", autocomplete: "username", value: userName(), maxlength: 64 });
    const token = h("input", { type: "password", id: "sign-in-token", autocomplete: "current-password", "data-testid": "token" });
    const error = h("p", { class: "error", role: "alert" });
    const form = h("form", { class: "sign-in" },
      h("p", {}, "Sign in to pause, resume, stop or take a checkpoint."),
      h("label", { for: "sign-in-name" }, "Your name, for the events"), name,
      h("label", { for: "sign-in-token" }, "Token of this dashboard"), token, error,
      h("div", { class: "actions" }, h("button", { type: "submit", class: "button primary" }, "Sign in")));
    const { close } = openPopover({ anchor: this.lock.offsetParent ? this.lock : this.menu, label: "Sign in" }, form);
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      signIn(token.value, name.value.trim());
      void this.refreshSession().then(() => {
        if (this.session.authorized) close();
        else setText(error, "That is not the token of this dashboard.");
      });
    });
    token.focus();
  }

  private async refreshSession(): Promise<void> {
    try {
      this.session = await getSession();
    } catch {
      // the stream says that the dashboard is away
    }
    if (this.view) this.update(this.view, this.reachable);
  }
}

function icon(name: string, token: string): HTMLElement {
  const el = h("span", { "data-token": token });
  el.append(glyph(name, 14));
  return el;
}
