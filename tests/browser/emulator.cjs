// Opens the page of `preflight serve` in Chromium while uploads come in, fail, and while the server goes away and comes back.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const { spawn } = require("node:child_process");

const [work, preflight] = process.argv.slice(2);
const { chromium } = require(path.join(work, "node_modules", "playwright-core"));

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const storage = path.join(work, "emulator");
const sample = (name) => fs.readFileSync(path.join("samples", name));
const screen = (page, name) => page.screenshot({ path: path.join(work, "screens", `emulator-${name}.png`), fullPage: true });

// Starts the server, and waits for its first line.
const start = async (address) => {
  const child = spawn(preflight, ["serve", "--no-auth", "--storage", storage, "--addr", address, "--processing-time", "1"], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of readline.createInterface({ input: child.stdout })) {
    return { child, url: line.replace("listening on ", "") };
  }
  throw new Error("the server ended");
};
const stop = ({ child }) => new Promise((resolve) => { child.once("exit", resolve); child.kill("SIGKILL"); });

const call = async (url, method, body) => {
  const response = await fetch(url, { method, body });
  const text = await response.text();
  assert.ok(response.ok, `${url}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : null;
};
const init = async (url, bytes, media_type, media_category) => {
  const body = new URLSearchParams({ command: "INIT", total_bytes: bytes.length, media_type, media_category });
  return (await call(`${url}/1.1/media/upload.json`, "POST", body)).media_id_string;
};
const append = (url, id, index, bytes) => {
  const body = new FormData();
  body.append("command", "APPEND");
  body.append("media_id", id);
  body.append("segment_index", index);
  body.append("media", new Blob([bytes]));
  return call(`${url}/1.1/media/upload.json`, "POST", body);
};
const finalize = (url, id) => call(`${url}/1.1/media/upload.json`, "POST", new URLSearchParams({ command: "FINALIZE", media_id: id }));
const metadata = (url, id, text) => call(`${url}/1.1/media/metadata/create.json`, "POST", JSON.stringify({ media_id: id, alt_text: { text } }));

const main = async () => {
  fs.rmSync(storage, { recursive: true, force: true });
  let server = await start("127.0.0.1:0");
  const { url } = server;
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
  const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, colorScheme: "light" });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints = [];
  const allowed = new Set([`${url}/`, `${url}/events`]);
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => { if (!allowed.has(request.url()) && !request.url().startsWith("data:")) complaints.push(`request: ${request.url()}`); });
  const card = (id) => page.locator(`.upload[data-id="${id}"]`);
  const state = (id, word) => card(id).locator(".state", { hasText: word }).waitFor();
  const count = async (name) => Number(await page.locator(`[data-count=${name}]`).textContent());

  await page.goto(url);
  await page.locator("#link", { hasText: "live" }).waitFor();
  assert.ok(await page.locator("#empty").isVisible());
  assert.equal(await page.locator("#hint").textContent(), `preflight upload FILE --endpoint ${url}`);
  await screen(page, "empty");

  const video = sample("video.mp4");
  const good = await init(url, video, "video/mp4", "tweet_video");
  await state(good, "receiving");
  assert.ok(await page.locator("#empty").isHidden());
  await append(url, good, 0, video.subarray(0, 200_000));
  await card(good).locator(".about", { hasText: "195.31 KiB of" }).waitFor();
  const part = Number(await card(good).locator("progress").getAttribute("value"));
  assert.ok(part > 40 && part < 60, `${part}`);
  await append(url, good, 1, video.subarray(200_000));
  await finalize(url, good);
  await state(good, "in progress");
  await screen(page, "in-progress");
  await state(good, "succeeded");
  assert.equal(await card(good).locator(".verdict").textContent(), "check: pass");
  assert.ok(await card(good).locator("progress").isHidden());

  const hevc = sample("video-hevc.mp4");
  const bad = await init(url, hevc, "video/mp4", "tweet_video");
  await append(url, bad, 0, hevc);
  await finalize(url, bad);
  await state(bad, "failed");
  assert.match(await card(bad).locator(".error").textContent(), /^Unsupported video format$/);
  assert.match(await card(bad).locator(".findings").textContent(), /error: video-codec/);
  assert.deepEqual([await count("succeeded"), await count("failed"), await count("processing"), await count("receiving")], [1, 1, 0, 0]);
  assert.deepEqual(await page.locator(".upload").evaluateAll((cards) => cards.map((each) => each.dataset.id)), [bad, good]);

  const photo = sample("photo.jpg");
  const image = await init(url, photo, "image/jpeg", "tweet_image");
  await append(url, image, 0, photo);
  await finalize(url, image);
  await state(image, "succeeded");
  await card(image).locator("summary").focus();
  await page.keyboard.press("Enter");
  const markup = "<img src=x onerror=alert(1)></script><b>cat</b>";
  await metadata(url, image, markup);
  await card(image).locator("dd", { hasText: markup }).waitFor();
  assert.ok(await card(image).locator("details").evaluate((details) => details.open), "what is open stays open");

  await stop(server);
  await page.locator("#link", { hasText: "does not answer" }).waitFor();
  server = await start(url.replace("http://", ""));
  await page.locator("#link", { hasText: /^live$/ }).waitFor();
  assert.equal(await page.locator(".upload").count(), 3);
  await state(good, "succeeded");

  await screen(page, "light");
  await page.emulateMedia({ colorScheme: "dark" });
  const [light, dark] = ["rgb(244, 245, 247)", "rgb(16, 19, 23)"];
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), dark);
  await page.setViewportSize({ width: 360, height: 700 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scrolling");
  await screen(page, "dark-narrow");
  await page.emulateMedia({ colorScheme: "light" });
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), light);
  assert.deepEqual(complaints, []);

  await browser.close();
  await stop(server);
  console.log("ok the page of the emulator: uploads, verdicts, a restart, both themes");
};

main().catch((error) => {
  console.log(`FAILED the page of the emulator\n${error.stack}`);
  process.exit(1);
});
