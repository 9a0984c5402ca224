type Job = () => void;

const waiting = new Set<Job>();
let scheduled = false;

function flush(): void {
  scheduled = false;
  const jobs = [...waiting];
  waiting.clear();
  for (const job of jobs) job();
}

/** Runs a job with the next frame, once however often it is asked for. Nothing is drawn while the page is hidden. */
export function nextFrame(job: Job): void {
  waiting.add(job);
  if (scheduled || document.hidden) return;
  scheduled = true;
  requestAnimationFrame(flush);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden || waiting.size === 0 || scheduled) return;
  scheduled = true;
  requestAnimationFrame(flush);
});
