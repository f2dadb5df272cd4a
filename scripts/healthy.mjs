/* node scripts/healthy.mjs URL: exit code 0 when the URL answers 2xx within four seconds; for container health checks. */
const [url] = process.argv.slice(2);
try {
  const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  if (!ok) throw new Error(`the answer was ${status}`);
} catch (error) {
  console.error(`${url}: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
