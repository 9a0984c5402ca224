import type { HistoryBlock, RunView, RunsView, Session } from "./types";

/** A request that failed, with the sentence that the dashboard gave for it. */
export class ApiError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

let token: string | null = null;
let name = "";

/** The token comes once behind # (never sent in a request line) and stays with the tab. */
export function readToken(): void {
  const found = /[#&]token=([^&]+)/.exec(location.hash);
  try {
    if (found) sessionStorage.setItem("token", decodeURIComponent(found[1]!));
    token = sessionStorage.getItem("token");
    name = localStorage.getItem("name") ?? "";
  } catch {
    if (found) token = decodeURIComponent(found[1]!);
  }
  if (found) history.replaceState(null, "", location.pathname + location.search);
}

export function signIn(value: string, by: string): void {
  token = value;
  name = by;
  try {
    sessionStorage.setItem("token", value);
    localStorage.setItem("name", by);
  } catch {
    // storage may be closed: it holds until the page is left
  }
}

export const userName = (): string => name;

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const headers = new Headers(init.headers);
  if (token) headers.set("Authorization", `Bearer ${token}`);
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, headers });
  } catch (fault) {
    if (init.signal?.aborted) throw fault;
    throw new ApiError(0, "This page cannot reach the dashboard.");
  }
  if (answer.ok) return (await answer.json()) as T;
  let sentence = `The dashboard answered ${answer.status}.`;
  try {
    const problem = (await answer.json()) as { title?: string };
    if (problem.title) sentence = problem.title;
  } catch {
    // no sentence came with it
  }
  throw new ApiError(answer.status, sentence);
}

const at = (id: string): string => `/api/runs/${encodeURIComponent(id)}`;

export const getRuns = (signal?: AbortSignal): Promise<RunsView> => ask("/api/runs", signal ? { signal } : {});
export const getRun = (id: string): Promise<RunView> => ask(at(id));
export const getSession = (): Promise<Session> => ask("/api/session");

export function getHistory(id: string, from: number | null, to: number | null, buckets: number, signal?: AbortSignal): Promise<HistoryBlock> {
  const query = new URLSearchParams({ buckets: String(buckets) });
  if (from !== null) query.set("from", String(Math.floor(from)));
  if (to !== null) query.set("to", String(Math.ceil(to)));
  return ask(`${at(id)}/history?${query}`, signal ? { signal } : {});
}

export type CommandKind = "pause" | "resume" | "stop" | "checkpoint";

export const command = (id: string, kind: CommandKind): Promise<RunView> =>
  ask(`${at(id)}/commands`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ kind, by: name || undefined }) });

export const eventsUrl = (id: string): string => `${at(id)}/events`;
