import { h } from "./dom";

interface Options { anchor: Element; label: string; below?: boolean; onClose?: () => void }

let close: (() => void) | null = null;

/** One popover at a time, laid over the page: it moves nothing. Escape, a click elsewhere or a scroll closes it. */
export function openPopover(options: Options, ...content: (Node | string)[]): { element: HTMLElement; close: () => void } {
  close?.();
  const element = h("div", { class: "popover", role: "dialog", "aria-label": options.label, tabindex: "-1" }, ...content);
  document.body.append(element);
  place();
  const dismiss = (event: Event): void => {
    if (event instanceof KeyboardEvent ? event.key === "Escape" : !element.contains(event.target as Node) && !options.anchor.contains(event.target as Node)) end();
  };
  function place(): void {
    const a = options.anchor.getBoundingClientRect();
    const w = element.offsetWidth;
    const left = Math.min(Math.max(8, a.left + a.width / 2 - w / 2), document.documentElement.clientWidth - w - 8);
    element.style.left = `${left}px`;
    element.style.top = `${a.bottom + 6}px`;
  }
  function end(): void {
    document.removeEventListener("pointerdown", dismiss);
    document.removeEventListener("keydown", dismiss);
    window.removeEventListener("scroll", end);
    element.remove();
    if (close === end) close = null;
    options.onClose?.();
  }
  document.addEventListener("pointerdown", dismiss);
  document.addEventListener("keydown", dismiss);
  window.addEventListener("scroll", end, { passive: true });
  close = end;
  return { element, close: end };
}

export function closePopover(): void {
  close?.();
}
