import { svg } from "./dom";

// State shapes in a box of 16 px (look: "State shapes"). Each has a shape of its own: colour only repeats it.
type Part = [tag: string, props: Record<string, string | number>];
const stroke = (d: string, width = 1.8): Part => ["path", { d, fill: "none", stroke: "currentColor", "stroke-width": width, "stroke-linecap": "round", "stroke-linejoin": "round" }];
const fill = (d: string): Part => ["path", { d, fill: "currentColor" }];
const cut = (d: string, width = 1.8): Part => ["path", { d, fill: "none", stroke: "var(--surface)", "stroke-width": width, "stroke-linecap": "round" }];

const SHAPES: Record<string, Part[]> = {
  running: [["circle", { cx: 8, cy: 8, r: 5, fill: "currentColor" }]],
  slow: [fill("M8 1.2 15.4 14.6H.6Z"), cut("M8 6v4"), ["circle", { cx: 8, cy: 12.4, r: 1, fill: "var(--surface)" }]],
  degraded: [fill("M8 .6 15.4 8 8 15.4.6 8Z"), cut("M8 4.6v4"), ["circle", { cx: 8, cy: 11, r: 1, fill: "var(--surface)" }]],
  recovering: [stroke("M3.2 5.2A5.6 5.6 0 1 0 8 2.4", 2), fill("M8.6 0 3.8 2.6 8.6 5.2Z")],
  waiting: [["circle", { cx: 8, cy: 8, r: 5.6, fill: "none", stroke: "currentColor", "stroke-width": 2, opacity: 0.28 }], stroke("M8 2.4A5.6 5.6 0 0 1 13.6 8", 2)],
  queued: [["circle", { cx: 8, cy: 8, r: 5.6, fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-dasharray": "2.4 2" }]],
  paused: [fill("M3.6 2.6h3v10.8h-3zM9.4 2.6h3v10.8h-3z")],
  failed: [fill("M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5Z"), cut("M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8")],
  completed: [stroke("M2.4 8.6 6.2 12.2 13.6 4.2", 2.2)],
  stopped: [fill("M3 3h10v10H3z")],
  stale: [["circle", { cx: 8, cy: 8, r: 6, fill: "none", stroke: "currentColor", "stroke-width": 1.8 }], stroke("M8 4.6V8.2l2.4 1.6")],
  lost: [fill("M1.4 3h13.2L8 14Z")],
  joined: [fill("M8 2 14.6 13H1.4Z")],
  resumed: [stroke("M3.4 6.4A5.2 5.2 0 1 1 4 11", 2), fill("M1 3.2 6.6 3.6 3 8Z")],
  nan: [stroke("M3.4 3.4 12.6 12.6M12.6 3.4 3.4 12.6", 2.4)],
  spike: [stroke("M1.4 13.4H5L7.6 2.2 10.2 13.4h4.4", 1.9)],
  checkpoint: [fill("M3.6 3.6h8.8v8.8H3.6z")],
  evaluation: [["circle", { cx: 8, cy: 8, r: 4.2, fill: "none", stroke: "currentColor", "stroke-width": 2.2 }]],
  slowMark: [["path", { d: "M8 2.2 14.4 13.6H1.6Z", fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linejoin": "round" }]],
  dot: [["circle", { cx: 8, cy: 8, r: 3, fill: "currentColor" }]],
};

export function glyph(name: string, size = 16): SVGElement {
  const root = svg("svg", { viewBox: "0 0 16 16", width: size, height: size, "aria-hidden": "true", class: "glyph" });
  for (const [tag, props] of SHAPES[name] ?? SHAPES.dot!) root.append(svg(tag, props));
  return root;
}

/** The mark of the house: a mammoth's brow and tusks. */
export function mark(): SVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", width: 22, height: 22, "aria-hidden": "true", class: "mark" },
    svg("path", {
      d: "M3.4 19.5v-9a6 6 0 0 1 8.6-5.4 6 6 0 0 1 8.6 5.4v9M8.6 19.5v-4.2a3.4 3.4 0 0 1 6.8 0v4.2",
      fill: "none", stroke: "currentColor", "stroke-width": 2.3, "stroke-linecap": "round", "stroke-linejoin": "round",
    }),
  );
}
