import "uplot/dist/uPlot.min.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/top.css";
import "./styles/score.css";
import "./styles/panels.css";
import "./styles/runs.css";
import "./styles/overlay.css";
import "./styles/narrow.css";
import { readToken } from "./data/api";
import { TABS, type Tab } from "./page/nav";
import { RunPage } from "./page/run";
import { RunsPage } from "./page/runs";

readToken();
const parts = location.pathname.split("/").filter(Boolean);
const tab = TABS.find(([id]) => id === parts[2])?.[0] ?? ("overview" satisfies Tab);
const page = parts[0] === "runs" && parts[1] ? new RunPage(decodeURIComponent(parts[1]), tab) : new RunsPage();
document.getElementById("app")!.append(page.element);
addEventListener("pagehide", (e) => {
  // a page kept for "back" comes back whole, with a new stream
  if (e.persisted) addEventListener("pageshow", () => location.reload(), { once: true });
  page.close();
});
