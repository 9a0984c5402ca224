// Numbers and durations as they are written everywhere (look: "Type and numbers"). figures.json holds the cases that
// this and the dashboard's own formatter must both meet.
export const THIN = "\u202f";
export const UNKNOWN = "–";
const MINUS = "\u2212";

const signed = (value: number, text: string): string => (value < 0 ? MINUS + text.replace("-", "") : text);

const grouped = (value: number, decimals: number): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

const notFinite = (value: number): string => (Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : MINUS + "∞");

export function fixed(value: number, decimals: number): string {
  return Number.isFinite(value) ? signed(value, grouped(value, decimals)) : notFinite(value);
}

const threeDigits = (value: number): string => grouped(value, value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);

function large(value: number): string {
  const size = Math.abs(value);
  const [scaled, unit] = size < 999.5e6 ? [size / 1e6, "M"] : size < 999.5e9 ? [size / 1e9, "G"] : [size / 1e12, "T"];
  return signed(value, threeDigits(scaled) + THIN + unit);
}

/** Steps, samples, lanes. */
export const count = (value: number): string => (Math.abs(value) < 1e6 ? fixed(Math.round(value), 0) : large(value));

/** Samples per second: whole from 10 on, one decimal below. */
export function rate(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  if (Math.abs(value) >= 1e6) return large(value);
  return fixed(value, Math.round(value * 10) / 10 < 10 ? 1 : 0);
}

/** A share from 0 to 1. */
export const percent = (share: number, decimals = 0): string =>
  Number.isFinite(share) ? fixed(share * 100, decimals) + THIN + "%" : notFinite(share);

export const loss = (value: number): string => fixed(value, 4);
export const gradNorm = (value: number): string => fixed(value, 2);

/** Three significant digits; small numbers as a mantissa with a power of ten. */
export function learningRate(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  if (value === 0) return "0";
  const power = Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  if (power >= -2) return fixed(value, Math.max(0, 2 - power));
  return `${fixed(value / 10 ** power, 2)}${THIN}×${THIN}10${superscript(power)}`;
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
export const superscript = (power: number): string =>
  (power < 0 ? "⁻" : "") + [...String(Math.abs(power))].map((d) => SUPERSCRIPTS[Number(d)]).join("");

/** Time of a step or phase: two decimals, from 10 s on one. */
export const secondsNumber = (value: number): string => fixed(value, Math.abs(value) >= 9.995 ? 1 : 2);
export const seconds = (value: number): string =>
  Number.isFinite(value) ? secondsNumber(value) + THIN + "s" : notFinite(value);

/** A short time: milliseconds below a second. */
export const shortTime = (value: number): string =>
  Number.isFinite(value) && value < 0.9995 ? fixed(value * 1000, 0) + THIN + "ms" : seconds(value);

const pair = (a: number, unitA: string, b: number, unitB: string): string =>
  `${a}${THIN}${unitA}${THIN}${String(b).padStart(2, "0")}${THIN}${unitB}`;

/** How long something takes or took: two units from a minute on. */
export function duration(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  const s = Math.max(0, value);
  if (s < 9.95) return fixed(s, 1) + THIN + "s";
  const whole = Math.round(s);
  if (whole < 60) return whole + THIN + "s";
  if (whole < 3600) return pair(Math.floor(whole / 60), "m", whole % 60, "s");
  const minutes = Math.round(s / 60);
  if (minutes < 1440) return pair(Math.floor(minutes / 60), "h", minutes % 60, "m");
  const hours = Math.round(s / 3600);
  return `${Math.floor(hours / 24)}${THIN}d${THIN}${hours % 24}${THIN}h`;
}

/** How long ago or since: whole minutes below an hour. */
export function age(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  if (value < 59.5) return duration(value);
  return value < 3570 ? Math.max(1, Math.round(value / 60)) + THIN + "m" : duration(Math.max(3600, value));
}

export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return (unit === 0 ? fixed(value, 0) : threeDigits(value)) + THIN + units[unit];
}

const two = (n: number): string => String(n).padStart(2, "0");
export const clock = (ms: number): string => {
  const d = new Date(ms);
  return `${two(d.getHours())}:${two(d.getMinutes())}`;
};
export const clockWithSeconds = (ms: number): string => `${clock(ms)}:${two(new Date(ms).getSeconds())}`;

/** "0", "0 and 1", "0, 1 and 4". */
export const list = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
