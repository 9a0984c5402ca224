/** Colours of the canvases, read once per change of theme. */
let cache: Map<string, string> | null = null;
const listeners = new Set<() => void>();

export function color(token: string): string {
  cache ??= new Map();
  let value = cache.get(token);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(token).trim();
    cache.set(token, value);
  }
  return value;
}

export const isDark = (): boolean => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

export function onTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed(): void {
  cache = null;
  for (const listener of listeners) listener();
}

export function toggleTheme(): void {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // storage may be closed: the choice holds until the page is left
  }
  changed();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);

/** A colour with an opacity, for canvases: #rrggbb only. */
export function alpha(hex: string, opacity: number): string {
  const n = Number.parseInt(hex.slice(1), 16);
  return `rgba(${n >> 16}, ${(n >> 8) & 255}, ${n & 255}, ${opacity})`;
}
