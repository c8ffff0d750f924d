// Opens the reports in Chromium and uses them as people do: by mouse, by keyboard, light, dark, wide and narrow.
"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const work = process.argv[2];
const { chromium } = require(path.join(work, "node_modules", "playwright-core"));

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const checks = [];
const check = (name, use, options = {}) => checks.push({ name, use, options });

const names = (page) => page.locator("#files .card .path").allTextContents();
const status = (page) => page.locator("#status").textContent();
const card = (page, name) => page.locator("#files .card").filter({ has: page.locator(".name", { hasText: new RegExp(`^${name.replace(/\./g, "\\.")}$`) }) });
const rows = (page) => page.evaluate(() => [...document.querySelectorAll("script.rows")].flatMap((block) => JSON.parse(block.textContent)));
const open = async (page, name) => {
  const found = card(page, name);
  await found.locator(".head").click();
  return found;
};
const screen = (target, name) => target.screenshot({ path: path.join(work, "screens", `${name}.png`) });

check("the totals are those of the files", async (page) => {
  const files = await rows(page);
  const tile = async (name) => Number((await page.locator(`[data-tile=${name}] .tile-count`).textContent()).replaceAll(",", ""));
  assert.equal(await tile("all"), files.length);
  for (const verdict of ["pass", "fail", "undecided", "unreadable"]) {
    assert.equal(await tile(verdict), files.filter((file) => file.v === verdict).length, verdict);
  }
  assert.ok((await tile("fail")) > 10 && (await tile("pass")) > 5 && (await tile("unreadable")) === 1);
  const findings = files.flatMap((file) => file.n ?? []);
  assert.equal(await tile("errors"), findings.filter((finding) => finding[1]).length);
  assert.equal(await tile("warnings"), findings.filter((finding) => !finding[1]).length);
  await screen(page, "light");
});

check("a tile filters by verdict and lets go again", async (page) => {
  const files = await rows(page);
  await page.click("[data-tile=unreadable]");
  assert.equal(await status(page), "1 matching file");
  assert.deepEqual(await names(page), ["gone.mp4"]);
  assert.equal(await page.getAttribute("[data-tile=unreadable]", "aria-pressed"), "true");
  await page.click("[data-tile=pass]");
  const expected = files.filter((file) => ["pass", "unreadable"].includes(file.v)).length;
  assert.equal(await status(page), `${expected} matching files`);
  await page.click("[data-tile=all]");
  assert.match(await status(page), new RegExp(`of ${files.length} files|^${files.length} files`));
  assert.equal(await page.getAttribute("[data-tile=all]", "aria-pressed"), "true");
});

check("rules, categories and formats filter together, with the counts beside them", async (page) => {
  const files = await rows(page);
  const has = (file, rule) => (file.n ?? []).some((finding) => finding[0] === rule) || (file.u ?? []).includes(rule);
  const box = (facet, value) => page.locator(`input[data-facet="${facet}"][data-value="${value}"]`);
  const count = async (facet, value) => Number(await box(facet, value).locator("xpath=../span[@class='count']").textContent());
  const rule = "video-bitrate-recommended";
  assert.equal(await count("rule", rule), files.filter((file) => has(file, rule)).length);
  await box("rule", rule).check();
  assert.equal((await names(page)).length, files.filter((file) => has(file, rule)).length);
  assert.equal(await count("format", "MP4"), files.filter((file) => has(file, rule) && file.f === "MP4").length);
  await box("format", "QuickTime").check();
  const expected = files.filter((file) => has(file, rule) && file.f === "QuickTime");
  assert.deepEqual(await names(page), expected.map((file) => file.p));
  assert.ok(expected.length > 0);
  await box("rule", rule).uncheck();
  await box("format", "QuickTime").uncheck();
  await box("category", "subtitles").check();
  assert.equal((await names(page)).length, files.filter((file) => file.c === "subtitles").length);
  await page.click("#clear");
  assert.ok(await page.locator("#clear").isHidden());
});

check("files are sorted by path, verdict, size, duration and findings, both ways", async (page) => {
  const files = await rows(page);
  const errors = (file) => (file.n ?? []).filter((finding) => finding[1]).length;
  const worst = ["fail", "unreadable", "undecided", "pass"];
  const keys = {
    size: (file) => -(file.s ?? -1),
    duration: (file) => -(file.d ?? -1),
    findings: (file) => -errors(file),
    verdict: (file) => worst.indexOf(file.v),
  };
  const byPath = new Map(files.map((file) => [file.p, file]));
  for (const [sort, key] of Object.entries(keys)) {
    await page.selectOption("#sort", sort);
    const shown = (await names(page)).map((name) => key(byPath.get(name)));
    assert.deepEqual(shown, [...shown].sort((a, b) => a - b), sort);
    assert.equal(shown[0], Math.min(...files.map(key)), sort);
    await page.click("#direction");
    const reversed = (await names(page)).map((name) => key(byPath.get(name)));
    assert.deepEqual(reversed, [...reversed].sort((a, b) => b - a), `${sort}, reversed`);
    await page.click("#direction");
  }
  await page.selectOption("#sort", "path");
  const paths = await names(page);
  assert.deepEqual(paths, [...paths].sort(new Intl.Collator("en", { numeric: true }).compare));
});

check("the search looks through paths, rules and messages", async (page) => {
  for (const [text, expected] of [["sticker.webp", "sticker.webp"], ["gif-too-many-frames", "gif-351-frames.gif"], ["open gops", "video-open-gop.mp4"]]) {
    await page.fill("#search", text);
    assert.ok((await names(page)).some((name) => name.endsWith(expected)), text);
    assert.ok((await names(page)).length < 5, text);
  }
  await page.fill("#search", "no file is called this");
  assert.equal(await page.locator("#files .empty").textContent(), "No file matches.");
  assert.equal(await status(page), "0 matching files");
});

check("a file opens by mouse and shows findings, limits, places and remedies", async (page) => {
  const found = await open(page, "video-open-gop.mp4");
  assert.equal(await found.locator(".head").getAttribute("aria-expanded"), "true");
  const first = found.locator(".finding").first();
  assert.match(await first.locator("h4").textContent(), /Error\s+open-gop/);
  assert.match(await first.locator(".message").textContent(), /open GOPs/);
  assert.deepEqual(await first.locator(".values dt").allTextContents(), ["Limit", "Actual", "Where"]);
  assert.match(await first.locator(".command code").textContent(), /^ffmpeg -i INPUT/);
  assert.match(await found.locator(".headline").textContent(), /Frame rate30 fps/);
  await found.locator(".tree summary").click();
  const tree = found.locator(".tree table");
  assert.match(await tree.textContent(), /open gops/);
  assert.ok((await tree.locator("tbody tr").count()) > 40);
  await screen(found, "card");
  await found.locator(".head").click();
  assert.ok(await found.locator(".body").isHidden());
});

check("a video has its bit rate and its groups of pictures drawn", async (page) => {
  const found = await open(page, "video-open-gop.mp4");
  const plot = found.locator(".timeline svg[role=img]");
  await plot.waitFor();
  assert.ok((await plot.locator("rect.bytes").count()) >= 5);
  assert.equal(await plot.locator("rect.gop[data-kind=OPEN]").count(), 2);
  assert.equal(await plot.locator("rect.gop[data-kind=IDR]").count(), 1);
  assert.ok((await plot.locator("text.open-label").count()) >= 1);
  assert.match(await plot.getAttribute("aria-label"), /3 groups of pictures: 1 from an IDR picture, 2 open\./);
  const closed = await open(page, "video.mp4");
  await closed.locator(".timeline svg").waitFor();
  assert.equal(await closed.locator("rect.gop[data-kind=OPEN]").count(), 0);
  const before = await plot.getAttribute("width");
  await page.setViewportSize({ width: 700, height: 900 });
  await page.waitForFunction(([id, width]) => document.querySelector(`#${id} .timeline svg`).getAttribute("width") !== width, [await found.getAttribute("id"), before]);
});

check("the way past the filters keeps them, and what is open", async (page) => {
  await page.click("[data-tile=fail]");
  const before = [await names(page), page.url()];
  const found = await open(page, "video-open-gop.mp4");
  await page.locator(".skip").focus();
  await page.keyboard.press("Enter");
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate(() => document.activeElement.id), "files");
  assert.deepEqual([await names(page), page.url()], before);
  assert.ok(await found.locator(".body").isVisible());
});

check("everything works by keyboard", async (page) => {
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  assert.ok((await page.locator(".skip").boundingBox()).y >= 0);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "files");
  await page.keyboard.press("Tab");
  const focused = () => page.evaluate(() => [document.activeElement.className, document.activeElement.getAttribute("aria-expanded")]);
  assert.deepEqual(await focused(), ["head", "false"]);
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
  await page.keyboard.press("Enter");
  assert.deepEqual(await focused(), ["head", "true"]);
  await page.keyboard.press("Space");
  assert.deepEqual(await focused(), ["head", "false"]);
  const first = await page.evaluate(() => document.activeElement.getAttribute("aria-controls"));
  await page.keyboard.press("ArrowDown");
  assert.deepEqual(await focused(), ["head", "false"]);
  assert.notEqual(await page.evaluate(() => document.activeElement.getAttribute("aria-controls")), first);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "search");
  await page.keyboard.type("photo.jpg");
  assert.equal(await status(page), "1 matching file");
  await page.keyboard.press("Escape");
  assert.equal(await page.inputValue("#search"), "");
  const box = page.locator("input[data-facet=rule]").first();
  await box.focus();
  const value = await box.getAttribute("data-value");
  await page.keyboard.press("Space");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.value), value, "the focus stays");
  assert.ok(await page.evaluate(() => document.activeElement.checked));
});

check("a rule is explained, and its files are found", async (page) => {
  const found = await open(page, "video-open-gop.mp4");
  await found.locator("button.rule", { hasText: "open-gop" }).click();
  const dialog = page.locator("dialog#rule");
  assert.ok(await dialog.isVisible());
  assert.equal(await page.locator("#rule-title").textContent(), "open-gop");
  assert.ok((await page.locator("#rule-text p").count()) >= 3);
  assert.ok((await page.locator("#rule-text strong").count()) >= 1);
  assert.doesNotMatch(await page.locator("#rule-text").textContent(), /\*\*|`/);
  await screen(page, "rule");
  await page.keyboard.press("Escape");
  assert.ok(await dialog.isHidden());
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "open-gop", "the focus comes back");
  await page.keyboard.press("Enter");
  await page.click("#rule-filter");
  assert.ok((await names(page)).every((name) => name.includes("video")));
  assert.ok((await page.locator("#files .card").count()) >= 1);
});

check("the copy button copies the command", async (page) => {
  const found = await open(page, "video-open-gop.mp4");
  const command = await found.locator(".command code").first().textContent();
  await found.locator(".copy").first().click();
  await found.locator(".copy", { hasText: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), command);
});

check("images, animations and videos have pictures", async (page) => {
  for (const name of ["photo.jpg", "gif-animated.gif", "sticker.webp", "picture.png"]) {
    const image = card(page, name).locator(".thumb img");
    assert.match(await image.getAttribute("src"), /^data:image\/webp;base64,/);
    assert.ok(await image.evaluate(async (image) => { await image.decode(); return image.naturalWidth > 0 && image.naturalWidth <= 160; }), name);
  }
  assert.equal(await card(page, "captions.srt").locator(".thumb.drawn svg").count(), 1);
  const noted = await page.locator("#notes").textContent();
  const pictured = (await card(page, "video.mp4").locator(".thumb img").count()) === 1;
  assert.ok(pictured || /ffmpeg was not found/.test(noted), "a frame, or the reason why there is none");
});

check("names that are hostile stay texts", async (page) => {
  await page.fill("#search", "hostile");
  assert.equal(await page.locator("#files .card").count(), 6);
  await page.fill("#search", "script");
  assert.deepEqual(await names(page), ["folder</script><script>alert(2)<!--.gif"]);
  await page.fill("#search", "");
  await page.click("#open-all");
  const files = await names(page);
  for (const expected of ["hostile/<img src=x onerror=alert(1)>.gif", "hostile/\"double\" 'single' &amp; <b>bold.gif", "hostile/new\\nline \\u{1b}[31m.gif", "hostile/right\\u{202e}fig.gif", "hostile/not-utf-8-\\xff\\xfe.gif", "hostile/${alert(4)} {{alert(5)}}.gif"]) {
    assert.ok(files.includes(expected), expected);
  }
  assert.equal(await page.locator("#files b, #files script, #files img:not([src^='data:image/webp;base64,'])").count(), 0);
});

check("dark follows the system, and the button turns it round", async (page) => {
  const shade = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  const dark = await shade();
  await screen(page, "dark");
  await open(page, "video-open-gop.mp4");
  await card(page, "video-open-gop.mp4").locator(".timeline svg").waitFor();
  await screen(card(page, "video-open-gop.mp4"), "card-dark");
  await page.click("#theme");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
  assert.notEqual(await shade(), dark);
  assert.match(await page.getAttribute("#theme", "aria-label"), /dark/);
}, { colorScheme: "dark" });

const contrast = async (page) => {
  await open(page, "video-open-gop.mp4");
  await open(page, "video-fragmented.mp4");
  const faint = await page.evaluate(() => {
    const parse = (colour) => {
      const numbers = colour.match(/[\d.]+/g).map(Number);
      const scale = colour.startsWith("color(") ? 255 : 1;
      return [...numbers.slice(0, 3).map((value) => value * scale), numbers[3] ?? 1];
    };
    const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const colour = parse(getComputedStyle(at).backgroundColor);
        if (colour[3] === 1) return colour;
      }
      return [255, 255, 255, 1];
    };
    const found = [];
    for (const element of document.querySelectorAll("body *")) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!own || element.closest("script, style, noscript, .hidden, option, [hidden], .skip") || element.getClientRects().length === 0) continue;
      const style = getComputedStyle(element);
      const text = element instanceof SVGElement ? style.fill : style.color;
      const [a, b] = [light(parse(text)), light(behind(element))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5 && !element.closest(":disabled")) found.push(`${element.className.baseVal ?? element.className} ${element.textContent.slice(0, 30)}: ${ratio.toFixed(2)}`);
    }
    return found;
  });
  assert.deepEqual([...new Set(faint)], []);
};
check("texts stand out from what is behind them: light", contrast);
check("texts stand out from what is behind them: dark", contrast, { colorScheme: "dark" });

check("headings nest, and every control has a name", async (page) => {
  await page.click("#open-all");
  const { levels, nameless } = await page.evaluate(() => ({
    levels: [...document.querySelectorAll("h1, h2, h3, h4")].filter((heading) => heading.checkVisibility()).map((heading) => Number(heading.tagName[1])),
    nameless: [...document.querySelectorAll("button, input, select, [role=img], [role=region]")]
      .filter((item) => item.checkVisibility())
      .filter((item) => !(item.textContent.trim() || item.ariaLabel || item.getAttribute("aria-labelledby") || item.labels?.length))
      .map((item) => item.outerHTML.slice(0, 80)),
  }));
  assert.deepEqual(nameless, []);
  assert.equal(levels[0], 1);
  levels.reduce((before, level) => { assert.ok(level <= before + 1, `h${before} then h${level}`); return level; });
});

check("a narrow screen holds it all", async (page) => {
  assert.ok(await page.locator("#facets").isHidden());
  await screen(page, "narrow");
  await open(page, "video-open-gop.mp4");
  const found = card(page, "video-open-gop.mp4");
  await found.locator(".timeline svg").waitFor();
  await screen(found, "card-narrow");
  const { width, wide } = await page.evaluate(() => ({ width: document.documentElement.scrollWidth, wide: innerWidth }));
  assert.ok(width <= wide, `${width} of ${wide}`);
  await page.locator("#filters summary").click();
  assert.ok(await page.locator("#facets").isVisible());
}, { viewport: { width: 390, height: 844 } });

check("paper shows files and no controls", async (page) => {
  await open(page, "photo.jpg");
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.locator(".controls").isHidden());
  assert.ok(await card(page, "photo.jpg").locator(".body").isVisible());
});

check("the address keeps the filters", async (page) => {
  await page.click("[data-tile=fail]");
  await page.fill("#search", "gif");
  await page.selectOption("#sort", "size");
  const before = await names(page);
  await page.reload();
  assert.deepEqual(await names(page), before);
  assert.equal(await page.inputValue("#search"), "gif");
  assert.equal(await page.getAttribute("[data-tile=fail]", "aria-pressed"), "true");
});

check("a post is judged above its files", async (page) => {
  assert.match(await page.locator("#post .finding").textContent(), /post-media-mix/);
}, { report: "post.html" });

check("ten thousand files are paged, filtered and searched", async (page) => {
  const files = await rows(page);
  assert.equal(files.length, 10_000);
  assert.equal(await status(page), "1–50 of 10,000 files");
  assert.equal(await page.locator("#files .card").count(), 50);
  const script = await page.evaluate(() => performance.getEntriesByName("report")[0].duration);
  console.log(`   the script drew the first page in ${Math.round(script)} ms`);
  assert.ok(script < 2000, `${script} ms`);
  await page.click("#pages button:has-text('Next')");
  assert.equal(await status(page), "51–100 of 10,000 files");
  assert.deepEqual(await names(page), files.slice(50, 100).map((file) => file.p));
  await page.selectOption("#pages select", "199");
  assert.equal(await status(page), "9,951–10,000 of 10,000 files");
  await page.locator("#files .head").last().click();
  assert.equal(await page.locator("#files .card").last().locator(".headline dd").first().textContent(), files.at(-1).f);
  await page.click("[data-tile=pass]");
  const passed = files.filter((file) => file.v === "pass").length;
  assert.equal(await status(page), `1–50 of ${passed.toLocaleString("en")} matching files`);
  await page.fill("#search", "many-19/499-");
  await page.waitForFunction(() => document.getElementById("status").textContent.startsWith("0") || document.getElementById("status").textContent.startsWith("1 "));
  await page.click("[data-tile=pass]");
  assert.equal(await status(page), "1 matching file");
  await screen(page, "many");
}, { report: "many.html" });

const main = async () => {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
  let failed = 0;
  for (const { name, use, options } of checks) {
    const { report = "report.html", ...settings } = options;
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light", ...settings });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const address = pathToFileURL(path.join(work, report)).href;
    const complaints = [];
    page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(`console: ${message.text()}`); });
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    page.on("request", (request) => { if (request.url().split("#")[0] !== address && !request.url().startsWith("data:")) complaints.push(`request: ${request.url()}`); });
    try {
      await page.goto(address);
      await page.waitForFunction(() => "ready" in document.documentElement.dataset);
      await use(page);
      assert.deepEqual(complaints, []);
      console.log(`ok ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${name}\n${String(error.stack).replace(/^/gm, "   ")}\n${complaints.join("\n")}`);
      await page.screenshot({ path: path.join(work, "screens", "failed.png") }).catch(() => {});
    }
    await context.close();
  }
  await browser.close();
  console.log(`${checks.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
};

main();
