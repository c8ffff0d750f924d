// The data of the page, and which files of them are shown.

const read = (id) => JSON.parse(byId(id).textContent);

const RUN = read("run");
const END = read("end");
const RULES = new Map(END.rules.map((rule) => [rule.id, rule]));

/** All files in the order of the report. The letters are those of the rows. */
const FILES = [...document.querySelectorAll("script.rows")].flatMap((block) => JSON.parse(block.textContent));
FILES.forEach((file, index) => {
  file.index = index;
  file.n ??= [];
  file.u ??= [];
  file.errors = file.n.reduce((sum, finding) => sum + (finding[1] ? 1 : 0), 0);
  file.rules = new Set([...file.n.map((finding) => finding[0]), ...file.u]);
});

const DETAIL_BLOCKS = document.getElementsByClassName("details");
let openBlock = { number: -1, lines: [] };

/** The details of a file. Those of its neighbours are read with it and kept until others are asked for. */
const details = (file) => {
  const number = Math.floor(file.index / END.files_per_block);
  if (openBlock.number !== number) {
    openBlock = { number, lines: DETAIL_BLOCKS[number].textContent.trim().split("\n") };
  }
  return JSON.parse(openBlock.lines[file.index % END.files_per_block]);
};

/** Previews by the index of their file; read when the first one is asked for. */
let previews = null;
const preview = (file) => {
  previews ??= new Map(read("previews"));
  return previews.get(file.index) ?? {};
};

const VERDICTS = ["fail", "unreadable", "undecided", "pass"];
const VERDICT_NAMES = { pass: "Pass", fail: "Fail", undecided: "Undecided", unreadable: "Unreadable" };

/** What a file must have for each kind of filter; of one kind any of the chosen values will do. */
const FACETS = {
  verdict: (file) => [file.v],
  has: (file) => [...(file.errors > 0 ? ["errors"] : []), ...(file.n.length > file.errors ? ["warnings"] : [])],
  rule: (file) => file.rules,
  category: (file) => (file.c ? [file.c] : []),
  format: (file) => (file.f ? [file.f] : []),
  baseline: (file) => (file.b ? [file.b] : []),
};

const COLLATOR = new Intl.Collator("en", { numeric: true });

const SORTS = {
  given: { name: "Order given", compare: (a, b) => a.index - b.index },
  path: { name: "Path", compare: (a, b) => COLLATOR.compare(a.p, b.p) },
  verdict: { name: "Verdict, worst first", compare: (a, b) => VERDICTS.indexOf(a.v) - VERDICTS.indexOf(b.v) || b.errors - a.errors },
  findings: { name: "Findings, most first", compare: (a, b) => b.errors - a.errors || b.n.length - a.n.length },
  size: { name: "Size, largest first", compare: (a, b) => (b.s ?? -1) - (a.s ?? -1) },
  duration: { name: "Duration, longest first", compare: (a, b) => (b.d ?? -1) - (a.d ?? -1) },
};

const PER_PAGE = 50;

/** What the reader asked for. */
const state = { verdict: new Set(), has: new Set(), rule: new Set(), category: new Set(), format: new Set(), baseline: new Set(), search: "", sort: "given", reversed: false, page: 0 };

/** Takes the state from the address, so that a link or a reload shows the same. */
const restore = () => {
  const asked = new URLSearchParams(location.hash.slice(1));
  for (const facet of Object.keys(FACETS)) state[facet] = new Set(asked.getAll(facet));
  state.search = asked.get("search") ?? "";
  state.sort = Object.hasOwn(SORTS, asked.get("sort") ?? "") ? asked.get("sort") : "given";
  state.reversed = asked.has("reversed");
  state.page = Math.max(0, (Number.parseInt(asked.get("page") ?? "1", 10) || 1) - 1);
};

const remember = () => {
  const asked = new URLSearchParams();
  for (const facet of Object.keys(FACETS)) for (const value of state[facet]) asked.append(facet, value);
  if (state.search) asked.set("search", state.search);
  if (state.sort !== "given") asked.set("sort", state.sort);
  if (state.reversed) asked.set("reversed", "");
  if (state.page > 0) asked.set("page", String(state.page + 1));
  const text = asked.toString();
  try { history.replaceState(null, "", text ? `#${text}` : "#"); } catch { /* Some viewers allow no address. */ }
};

/** What the search looks through: put together at the first search. */
const haystack = (file) =>
  (file.text ??= [file.p, file.t, ...file.n.flatMap((finding) => [finding[0], finding[2]]), ...file.u].join("\n").toLowerCase());

const matchesFacet = (file, facet) => {
  const chosen = state[facet];
  if (chosen.size === 0) return true;
  for (const value of FACETS[facet](file)) if (chosen.has(value)) return true;
  return false;
};

/** The files that match, sorted, and how many files each value of each filter would leave. */
const select = () => {
  const words = state.search.toLowerCase().split(/\s+/).filter(Boolean);
  const facets = Object.keys(FACETS);
  const counts = Object.fromEntries(facets.map((facet) => [facet, new Map()]));
  const found = [];
  for (const file of FILES) {
    if (words.length > 0 && !words.every((word) => haystack(file).includes(word))) continue;
    const missed = facets.filter((facet) => !matchesFacet(file, facet));
    if (missed.length === 0) found.push(file);
    // A filter's own counts leave its own choice aside: they say what choosing more would show.
    for (const facet of facets) {
      if (missed.length === 0 || (missed.length === 1 && missed[0] === facet)) {
        for (const value of FACETS[facet](file)) counts[facet].set(value, (counts[facet].get(value) ?? 0) + 1);
      }
    }
  }
  const { compare } = SORTS[state.sort];
  const sign = state.reversed ? -1 : 1;
  if (state.sort !== "given" || state.reversed) found.sort((a, b) => sign * compare(a, b) || a.index - b.index);
  return { found, counts };
};
