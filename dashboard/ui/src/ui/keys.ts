type Handler = (event: KeyboardEvent) => void;

/** Single keys of a page; none while something is typed, none with modifiers other than Shift. */
export function bindKeys(keys: Record<string, Handler>): () => void {
  const listener = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
    const handler = keys[event.key];
    if (!handler) return;
    handler(event);
    event.preventDefault();
  };
  document.addEventListener("keydown", listener);
  return () => document.removeEventListener("keydown", listener);
}
