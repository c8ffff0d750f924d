// The timeline of a video: its bit rate over time, and its groups of pictures underneath.

const GOP_KINDS = {
  i: { className: "idr", name: "IDR" },
  c: { className: "closed", name: "closed" },
  o: { className: "open", name: "OPEN" },
  s: { className: "start", name: "no random access" },
};

/** Open groups that are marked through the whole plot. */
const MOST_MARKED = 20;

/** A step of at least `least` that people count in: 1, 2 or 5 times a power of ten, or of a clock. */
const step = (least, steps) => {
  for (const length of steps) if (length >= least) return length;
  return least;
};

const TIME_STEPS = [100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 12e5, 36e5, 72e5];
const RATE_STEPS = Array.from({ length: 36 }, (_, index) => [1, 2, 5][index % 3] * 10 ** Math.floor(index / 3));

/** The groups as a sentence. */
const gopWords = (chart) => {
  const [idr, closed, open, start] = chart.counts;
  const total = idr + closed + open + start;
  if (total === 0) return "Its groups of pictures were not read.";
  const parts = [[idr, "from an IDR picture"], [closed, "closed without one"], [open, "open"], [start, "without a random access picture"]];
  const words = parts.filter(([count]) => count > 0).map(([count, what]) => `${NUMBER.format(count)} ${what}`);
  return `${counted(total, "group")} of pictures: ${words.join(", ")}.`;
};

/** A figure of the chart, drawn again whenever its width changes. */
const timeline = (chart) => {
  const full = chart.bytes.length * chart.bucket;
  const last = full - chart.bucket;
  const span = Math.min(Math.max(chart.end, last + 1), full);
  // The last part is rarely full; one that holds a picture or two tells no rate of its own.
  const lengths = chart.bytes.map((_, index) => (index * chart.bucket < last ? chart.bucket : Math.max(span - last, chart.bucket / 4)));
  const rates = chart.bytes.map((bytes, index) => (bytes * 8000) / lengths[index]);
  const peak = Math.max(...rates, 1);
  const mean = (chart.bytes.reduce((sum, bytes) => sum + bytes, 0) * 8000) / span;
  const open = chart.gops.filter((gop) => gop[1] === "o");
  const first = open.length > 0 ? ` The first open one begins at ${time(open[0][0])}.` : "";
  const words = `Bit rate over ${time(span)}, in parts of ${time(chart.bucket)}: ${rate(mean)} on average, at most ${rate(peak)}. ${gopWords(chart)}${first}`;
  const canvas = el("div", { class: "chart" });
  const figure = el("figure", { class: "timeline" },
    el("figcaption", {},
      el("h4", {}, "Bit rate and groups of pictures"),
      el("p", { class: "muted" }, words),
      el("p", { class: "legend" }, ...legend(chart))),
    canvas);
  let drawn = 0;
  const draw = () => {
    const width = Math.floor(canvas.clientWidth);
    if (width > 0 && width !== drawn) {
      drawn = width;
      canvas.replaceChildren(plot(chart, { rates, span, peak, mean, width, words }));
    }
  };
  new ResizeObserver(draw).observe(canvas);
  return figure;
};

const legend = (chart) =>
  ["i", "c", "o", "s"]
    .filter((kind, index) => chart.counts[index] > 0)
    .map((kind) => el("span", {}, el("span", { class: `key ${GOP_KINDS[kind].className}`, "aria-hidden": "true" }), ` ${GOP_KINDS[kind].name}`));

const plot = (chart, { rates, span, peak, mean, width, words }) => {
  const left = 74;
  const right = 10;
  const top = 10;
  const height = 120;
  const strip = { y: top + height + 6, height: chart.gops.length > 0 ? 18 : 0 };
  const bottom = strip.y + strip.height;
  const inner = Math.max(width - left - right, 10);
  const rateStep = step(peak / 3.5, RATE_STEPS);
  const ceiling = Math.max(Math.ceil(peak / rateStep) * rateStep, rateStep);
  const x = (millis) => left + (inner * millis) / span;
  const y = (bits) => top + height - (height * bits) / ceiling;
  const parts = [];
  for (let bits = 0; bits <= ceiling; bits += rateStep) {
    parts.push(svg("line", { class: "grid", x1: left, x2: left + inner, y1: y(bits), y2: y(bits) }));
    parts.push(svg("text", { class: "axis", x: left - 8, y: y(bits) + 4, "text-anchor": "end" }, bits === 0 ? "0" : rate(bits)));
  }
  const barWidth = x(Math.min(chart.bucket, span)) - left;
  const gap = barWidth > 4 ? 1 : 0;
  rates.forEach((bits, index) => {
    const at = index * chart.bucket;
    const until = Math.min(at + chart.bucket, span);
    const bar = { class: "bytes", x: x(at) + gap / 2, width: Math.max(x(until) - x(at) - gap, 0.5), y: y(bits), height: top + height - y(bits) };
    parts.push(svg("rect", bar, svg("title", {}, `${time(at)} to ${time(until)}: ${rate(bits)}`)));
  });
  parts.push(svg("line", { class: "mean", x1: left, x2: left + inner, y1: y(mean), y2: y(mean) }));
  parts.push(...gopParts(chart, { x, span, strip, top }));
  const timeStep = step(span / Math.max(inner / 90, 1), TIME_STEPS);
  for (let at = 0; at <= span; at += timeStep) {
    parts.push(svg("line", { class: "tick", x1: x(at), x2: x(at), y1: bottom, y2: bottom + 4 }));
    const anchor = at === 0 ? "start" : x(at) > left + inner - 24 ? "end" : "middle";
    parts.push(svg("text", { class: "axis", x: x(at), y: bottom + 17, "text-anchor": anchor }, time(at)));
  }
  return svg("svg", { width, height: bottom + 24, viewBox: `0 0 ${width} ${bottom + 24}`, role: "img", "aria-label": words }, ...parts);
};

/** The groups as blocks, and the boundaries of open ones through the whole plot. */
const gopParts = (chart, { x, span, strip, top }) => {
  const blocks = [];
  const marks = [];
  let labelled = -Infinity;
  // Very many boundaries would hide the bars: then each stays in the strip, and the first one speaks for all.
  const isSparse = chart.counts[2] <= MOST_MARKED;
  chart.gops.forEach(([at, kind, frames, bytes], index) => {
    const next = chart.gops[index + 1]?.[0] ?? span;
    const from = x(Math.min(at, span));
    const width = Math.max(x(Math.min(Math.max(next, at), span)) - from, 0);
    const { className, name } = GOP_KINDS[kind];
    const isOpen = kind === "o";
    const title = `${time(at)}: ${name}, ${counted(frames, "frame")}, ${counted(bytes, "byte")}`;
    const block = { class: `gop ${className}`, "data-kind": name, x: from, y: strip.y, width: Math.max(width - (width > 4 ? 1 : 0), 1), height: strip.height };
    blocks.push(svg("rect", block, svg("title", {}, title)));
    if (isOpen) {
      const isMarked = isSparse || labelled === -Infinity;
      marks.push(svg("line", { class: "open-mark", x1: from, x2: from, y1: isMarked ? top : strip.y, y2: strip.y + strip.height }, svg("title", {}, title)));
      if (isMarked && from - labelled > 48) {
        const label = isSparse ? "OPEN" : `${NUMBER.format(chart.counts[2])} OPEN`;
        marks.push(svg("text", { class: "open-label", x: from + 4, y: top + 10 }, label));
        labelled = from;
      }
    } else if (width > 30) {
      blocks.push(svg("text", { class: `gop-label ${className}`, x: from + 5, y: strip.y + 13, "aria-hidden": "true" }, kind === "i" ? "IDR" : kind === "c" ? "I" : "–"));
    }
  });
  return [...blocks, ...marks];
};
