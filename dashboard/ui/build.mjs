// Builds the page into OUT/dist and stamps OUT/built.stamp. Called by the .NET build, perhaps twice at once: the lock
// lets one work and the other find it done. npm ci runs only when the lock file changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? "dist-out");
const fail = (message) => {
  console.error(`error : ${message}`);
  process.exit(1);
};

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail(`The dashboard's page needs Node.js 20.19 or newer to build; this is ${process.versions.node}.`);

mkdirSync(out, { recursive: true });
const lock = join(root, ".build-lock");
await acquire();
try {
  build();
} finally {
  rmSync(lock, { recursive: true, force: true });
}

async function acquire() {
  const giveUp = Date.now() + 300_000;
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, "pid"), String(process.pid));
      return;
    } catch (fault) {
      if (fault.code !== "EEXIST") throw fault;
    }
    if (isAbandoned()) rmSync(lock, { recursive: true, force: true });
    if (Date.now() > giveUp) fail(`Another build of the page has held ${lock} for five minutes; delete that folder and build again.`);
    await new Promise((wake) => setTimeout(wake, 200));
  }
}

function isAbandoned() {
  try {
    process.kill(Number(readFileSync(join(lock, "pid"), "utf8")), 0);
    return false;
  } catch (fault) {
    if (fault.code === "ESRCH") return true;
    // no pid yet: its owner is just making it, unless that was long ago
    try {
      return fault.code === "ENOENT" && Date.now() - statSync(lock).mtimeMs > 10_000;
    } catch {
      return false;
    }
  }
}

function build() {
  const stamp = join(out, "built.stamp");
  const digest = digestOf(sources());
  if (existsSync(stamp) && existsSync(join(out, "dist", "index.html")) && readFileSync(stamp, "utf8") === digest) {
    utimesSync(stamp, new Date(), new Date());
    return;
  }
  install();
  run("node_modules/typescript/bin/tsc", ["--noEmit"]);
  const fresh = join(out, `dist-${process.pid}`);
  run("node_modules/vite/bin/vite.js", ["build", "--logLevel", "warn"], { PAGE_OUT: fresh });
  rmSync(join(out, "dist"), { recursive: true, force: true });
  renameSync(fresh, join(out, "dist"));
  writeFileSync(stamp, digest);
}

function install() {
  const installed = join(root, "node_modules", ".mammut-lock");
  const wanted = digestOf([join(root, "package-lock.json")]);
  if (existsSync(installed) && readFileSync(installed, "utf8") === wanted) return;
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
  if (npm.error) fail("The dashboard's page needs npm to build, and it was not found. Install it (Debian: apt-get install npm) and build again.");
  if (npm.status !== 0) fail(`npm ci failed in dashboard/ui: ${(npm.stderr || npm.stdout).trim().split("\n").slice(0, 6).join(" | ")}`);
  writeFileSync(installed, wanted);
}

function run(script, args, environment = {}) {
  const result = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: "inherit", env: { ...process.env, ...environment } });
  if (result.status !== 0) fail(`The dashboard's page did not build (${script}).`);
}

function sources() {
  const named = ["index.html", "package.json", "package-lock.json", "vite.config.ts", "tsconfig.json", "build.mjs"].map((f) => join(root, f));
  return [...named, ...filesUnder(join(root, "src")), ...filesUnder(join(root, "public"))].filter((f) => existsSync(f));
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name))
    .sort();
}

function digestOf(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file.slice(root.length)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}
