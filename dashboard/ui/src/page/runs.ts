import { getRuns } from "../data/api";
import { hasEnded, time, type RunView, type RunsView } from "../data/types";
import { h, setText } from "../ui/dom";
import { bindKeys } from "../ui/keys";
import { onTheme, toggleTheme } from "../ui/theme";
import { openHelp } from "./help";
import { Nav } from "./nav";
import { matches } from "./filter";
import { Keyed } from "./panels/panel";
import { RunRow } from "./runrow";
import { plainSentence, SentenceView } from "./sentence";

const EVERY_MS = 2000;
const HEAD = ["State", "Run", "Loss", "", "R@1", "Samples/s", "Workers", "Goodput", "Progress"];

/** All runs: the sentence over them, a filter, active and ended ones. */
export class RunsPage {
  readonly element = h("div", { class: "page runs-page" });
  private readonly nav = new Nav(null, "overview", () => openHelp(this.nav.element.querySelector(".key")!));
  private readonly sentence = new SentenceView(() => undefined);
  private readonly filter = h("input", { type: "search", placeholder: "Filter by name, state:failed, loss<2.5, active", "aria-label": "Filter the runs", "data-testid": "filter", oninput: () => this.write() });
  private readonly chips: [HTMLButtonElement, string][] = [["All", ""], ["Active", "active"], ["Failed", "state:failed"]].map(([label, words]) => [
    h("button", { type: "button", class: "filter-chip", "aria-pressed": "false", onclick: () => {
      this.filter.value = words!;
      this.write();
    } }, label!), words!]);
  private readonly groups = [this.group("Active"), this.group("Ended")] as const;
  private readonly nothing = h("p", { class: "nothing", hidden: true }, "No run matches. ", h("button", { type: "button", class: "link", onclick: () => {
    this.filter.value = "";
    this.write();
  } }, "Clear the filter"));
  private readonly copy = h("button", { type: "button", class: "link" }, "Copy");
  private readonly start = h("div", { class: "start", hidden: true }, h("p", {}, h("code", {}, "./mammut quickstart"), this.copy), h("p", { class: "small" }, "or ", h("code", {}, "mammut runs submit -c run.yaml"), " to this coordinator"));
  private runs: RunsView | null = null;
  private heardAt: number | null = null;
  private offset = Date.now() - performance.now();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private closed = false;
  private readonly rows = new Map<string, RunRow>();
  private readonly undo: (() => void)[];

  constructor() {
    const tools = h("div", { class: "runs-tools" }, h("div", { class: "search" }, this.filter, h("kbd", {}, "/")), h("div", { class: "chips" }, ...this.chips.map(([b]) => b)), h("span", { class: "note" }, "Active first, then newest"));
    const list = h("div", { class: "runs-list" }, h("div", { class: "run-head", "aria-hidden": "true" }, ...HEAD.map((t, i) => h("span", { class: i === 3 || (i > 3 && i < 7) ? "num" : "" }, t))), ...this.groups.map((g) => g.element), this.nothing, this.start);
    this.element.append(h("div", { class: "top" }, this.nav.element, h("div", { class: "status", "data-testid": "status" }, this.sentence.element)), h("main", {}, tools, list));
    this.copy.addEventListener("click", () => void navigator.clipboard?.writeText("./mammut quickstart").then(() => setText(this.copy, "Copied")));
    this.sentence.show(plainSentence("queued", "idle", "", []), this.clocks());
    document.title = "Runs · MammutScale";
    this.undo = [
      bindKeys({
        "/": () => this.filter.focus(), t: () => toggleTheme(), j: () => this.move(1), k: () => this.move(-1),
        Enter: () => (document.activeElement?.querySelector(".run-name") as HTMLAnchorElement | null)?.click(),
        "?": () => openHelp(this.nav.element.querySelector(".key")!),
      }),
      onTheme(() => {
        for (const view of this.runs?.runs ?? []) this.rows.get(view.run.submission.runId)?.redraw(view);
      }),
    ];
    document.addEventListener("visibilitychange", this.look);
    void this.ask();
  }

  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.look);
    for (const undo of this.undo) undo();
  }

  private readonly look = (): void => {
    if (!document.hidden) void this.ask();
  };

  private clocks(): { now(): number; heardAt: number | null; retryAt: number | null } {
    return { now: () => performance.now() + this.offset, heardAt: this.heardAt, retryAt: null };
  }

  private async ask(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    try {
      this.runs = await getRuns();
      this.heardAt = performance.now();
      const newest = Math.max(0, ...this.runs.runs.map((r) => time(r.run.now)));
      if (newest > 0) this.offset = newest - performance.now();
      this.nav.link("Live", "ok");
      this.element.classList.remove("stale");
      this.sentence.show(this.runs.sentence, this.clocks());
      this.write();
    } catch (fault) {
      this.nav.link("Reconnecting", "warn");
      this.element.classList.add("stale");
      const words = fault instanceof Error ? fault.message : "The dashboard cannot be reached.";
      const [first, ...rest] = words.split(/(?<=\.) /);
      this.sentence.show(plainSentence("stale", "warn", first!, [{ text: `${rest.join(" ")} Trying again every two seconds.`.trim(), strong: false }]), this.clocks());
    }
    if (!this.closed && !document.hidden) this.timer = setTimeout(() => void this.ask(), EVERY_MS);
  }

  private group(title: string): { element: HTMLElement; title: HTMLElement; keyed: Keyed<RunView, RunRow> } {
    const heading = h("h2", { class: "group" }, title);
    const list = h("ul", {});
    const keyed = new Keyed<RunView, RunRow>(list, (v) => {
      const row = new RunRow(v);
      this.rows.set(v.run.submission.runId, row);
      return row;
    }, (row, v) => row.update(v, performance.now() + this.offset));
    return { element: h("section", { hidden: true }, heading, list), title: heading, keyed };
  }

  private write(): void {
    const all = this.runs?.runs ?? [];
    const shown = all.filter((v) => matches(v, this.filter.value));
    const byStart = (a: RunView, b: RunView): number => time(b.run.startedAt) - time(a.run.startedAt) || a.run.submission.runId.localeCompare(b.run.submission.runId);
    const parts = [shown.filter((v) => !hasEnded(v.run.state)).sort(byStart), shown.filter((v) => hasEnded(v.run.state)).sort(byStart)];
    this.groups.forEach((g, i) => {
      g.element.hidden = parts[i]!.length === 0;
      setText(g.title, `${i === 0 ? "Active" : "Ended"} ${parts[i]!.length}`);
      g.keyed.update(parts[i]!, (v) => v.run.submission.runId);
    });
    for (const [chip, words] of this.chips) {
      setText(chip, `${chip.textContent!.split(" ")[0]} ${all.filter((v) => matches(v, words)).length}`);
      chip.setAttribute("aria-pressed", String(this.filter.value.trim() === words));
    }
    this.nothing.hidden = shown.length > 0 || all.length === 0;
    this.start.hidden = this.runs === null || all.length > 0;
    this.element.classList.toggle("no-runs", this.runs !== null && all.length === 0);
  }

  private move(by: number): void {
    const rows = [...this.element.querySelectorAll<HTMLElement>(".run-row")];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    rows[Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus();
  }
}
