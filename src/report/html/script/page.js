// The page around the cards: totals, filters, search, sorting, pages and keys.

const TILES = [
  { facet: null, value: null, name: "Files", key: "files", icon: "files" },
  { facet: "verdict", value: "pass", name: "Pass", key: "passed", icon: "pass" },
  { facet: "verdict", value: "fail", name: "Fail", key: "failed", icon: "fail" },
  { facet: "verdict", value: "undecided", name: "Undecided", key: "undecided", icon: "undecided" },
  { facet: "verdict", value: "unreadable", name: "Unreadable", key: "unreadable", icon: "unreadable" },
  { facet: "has", value: "errors", name: "Errors", key: "errors", icon: "error" },
  { facet: "has", value: "warnings", name: "Warnings", key: "warnings", icon: "warning" },
];

const LISTED = [
  { facet: "rule", name: "Rule" },
  { facet: "category", name: "Category" },
  { facet: "format", name: "Format" },
  { facet: "baseline", name: "Beside the baseline" },
];

/** Values of a filter that are shown before the rest is asked for. */
const MOST_VALUES = 10;
const unfolded = new Set();

const isFiltered = () => state.search !== "" || Object.keys(FACETS).some((facet) => state[facet].size > 0);

const flip = (facet, value) => {
  if (!state[facet].delete(value)) state[facet].add(value);
  state.page = 0;
  update();
};

const clearFilters = () => {
  for (const facet of Object.keys(FACETS)) state[facet].clear();
  state.search = "";
  state.page = 0;
  byId("search").value = "";
  update();
};

const drawHead = () => {
  const { summary } = END;
  byId("about").textContent = `${counted(summary.files, "file")} against the rule pack ${RUN.pack} · media-preflight ${RUN.program_version}`;
  document.title = `${summary.failed > 0 ? `${NUMBER.format(summary.failed)} failing` : "All well"} · Media preflight report`;
  const parts = [["pass", summary.passed], ["fail", summary.failed], ["undecided", summary.undecided], ["unreadable", summary.unreadable]].filter(([, count]) => count > 0);
  byId("bar").append(...parts.map(([verdict, count]) => el("span", { class: verdict, style: `flex-grow: ${count}` })));
  byId("bar").setAttribute("aria-label", parts.map(([verdict, count]) => `${NUMBER.format(count)} ${verdict}`).join(", "));
  byId("tiles").append(...TILES.map((tile) => {
    const count = summary[tile.key];
    const listener = () => (tile.facet ? flip(tile.facet, tile.value) : clearFilters());
    return el("button", { type: "button", class: `tile ${tile.value ?? "all"}`, "data-tile": tile.value ?? "all", disabled: tile.facet !== null && count === 0, on: { click: listener } },
      el("span", { class: "tile-name" }, icon(`i-${tile.icon}`), tile.name),
      el("span", { class: "tile-count" }, NUMBER.format(count)));
  }));
  drawPost();
  drawNotes();
};

const drawPost = () => {
  if (!END.post) return;
  const section = byId("post");
  section.hidden = false;
  if (END.post.length === 0) section.append(el("p", { class: "fine" }, icon("i-pass"), "The files fit into one post."));
  section.append(...END.post.map(({ rule, error, message, fault }) => finding([rule, error, message], fault)));
};

const drawNotes = () => {
  const notes = [];
  const { omitted, previews: made, summary } = END;
  if (summary.interrupted) notes.push("The run was interrupted: files that it did not reach are missing here.");
  if (omitted.passed + omitted.others > 0) {
    const parts = [[omitted.passed, "that pass"], [omitted.others, "that do not"]].filter(([count]) => count > 0);
    notes.push(`The first ${NUMBER.format(END.most_files)} files are listed, and of the others those that do not pass. Counted but not listed: ${parts.map(([count, what]) => `${NUMBER.format(count)} ${what}`).join(" and ")}.`);
  }
  if (made.asked >= made.most) notes.push(`Pictures are shown of ${NUMBER.format(made.most)} files, those that do not pass first.`);
  if (made.note) notes.push(made.note);
  byId("notes").append(...notes.map((note) => el("p", { class: "note" }, note)));
};

const drawFacets = (counts) => {
  const focused = document.activeElement?.dataset?.key;
  byId("facets").replaceChildren(...LISTED.flatMap(({ facet, name }) => {
    const values = [...counts[facet]];
    for (const chosen of state[facet]) if (!counts[facet].has(chosen)) values.push([chosen, 0]);
    if (values.length === 0) return [];
    values.sort((a, b) => b[1] - a[1] || COLLATOR.compare(a[0], b[0]));
    const all = unfolded.has(facet);
    const shown = values.filter(([value], index) => all || index < MOST_VALUES || state[facet].has(value));
    const boxes = shown.map(([value, count]) => {
      const box = el("input", { type: "checkbox", "data-key": `${facet}=${value}`, "data-facet": facet, "data-value": value, on: { change: () => flip(facet, value) } });
      box.checked = state[facet].has(value);
      return el("label", { class: "value" }, box, el("span", { class: "value-name" }, value), el("span", { class: "count" }, NUMBER.format(count)));
    });
    const rest = values.length - shown.length;
    const more = rest > 0 || all
      ? button(all ? "Fewer" : `${counted(rest, "more")}`.replace("mores", "more"), () => { if (!unfolded.delete(facet)) unfolded.add(facet); update(); }, { class: "quiet small", "data-key": `more=${facet}` })
      : null;
    return [el("fieldset", {}, el("legend", {}, name), ...boxes, more)];
  }));
  // What was just used must keep the focus although it was drawn anew.
  if (focused) [...byId("facets").querySelectorAll("[data-key]")].find((item) => item.dataset.key === focused)?.focus();
};

const drawTiles = () => {
  for (const [index, tile] of TILES.entries()) {
    const pressed = tile.facet ? state[tile.facet].has(tile.value) : !isFiltered();
    byId("tiles").children[index].setAttribute("aria-pressed", String(pressed));
  }
};

const toFiles = () => {
  byId("files").focus({ preventScroll: true });
  byId("files-title").scrollIntoView();
};

const drawPages = (pages) => {
  const go = (page) => {
    state.page = page;
    update();
    toFiles();
  };
  const nav = byId("pages");
  nav.hidden = pages < 2;
  const picker = el("select", { "aria-label": "Page", on: { change: (event) => go(Number(event.target.value)) } },
    ...Array.from({ length: pages }, (_, page) => el("option", { value: String(page), selected: page === state.page }, `Page ${page + 1} of ${NUMBER.format(pages)}`)));
  nav.replaceChildren(
    button("Previous", () => go(state.page - 1), { disabled: state.page === 0 }),
    picker,
    button("Next", () => go(state.page + 1), { disabled: state.page >= pages - 1 }));
};

/** Draws all that depends on the state. */
const update = () => {
  const { found, counts } = select();
  const pages = Math.max(1, Math.ceil(found.length / PER_PAGE));
  state.page = Math.min(state.page, pages - 1);
  const from = state.page * PER_PAGE;
  const shown = found.slice(from, from + PER_PAGE);
  const range = pages > 1 ? `${NUMBER.format(from + 1)}–${NUMBER.format(from + shown.length)} of ` : "";
  byId("status").textContent = isFiltered() ? `${range}${counted(found.length, "matching file")}` : `${range}${counted(found.length, "file")}`;
  byId("clear").hidden = !isFiltered();
  byId("open-all").hidden = shown.length === 0;
  byId("files").replaceChildren(...shown.map(card));
  if (shown.length === 0) byId("files").append(el("li", { class: "empty" }, isFiltered() ? "No file matches." : "No file was checked."));
  byId("direction").setAttribute("aria-label", state.reversed ? "Sorted the other way round" : "Turn the order round");
  byId("direction").setAttribute("aria-pressed", String(state.reversed));
  drawTiles();
  drawFacets(counts);
  drawPages(pages);
  labelOpenAll();
  remember();
};

const heads = () => [...byId("files").querySelectorAll(".head")];

const labelOpenAll = () => {
  const anyClosed = heads().some((head) => head.getAttribute("aria-expanded") === "false");
  byId("open-all").textContent = anyClosed ? "Open all on this page" : "Close all";
};

const openAll = () => {
  const closed = heads().filter((head) => head.getAttribute("aria-expanded") === "false");
  (closed.length > 0 ? closed : heads()).forEach((head) => head.click());
  labelOpenAll();
};

const setTheme = (theme) => {
  document.documentElement.dataset.theme = theme;
  const other = theme === "dark" ? "light" : "dark";
  byId("theme-name").textContent = other === "dark" ? "Dark" : "Light";
  byId("theme").setAttribute("aria-label", `Switch to the ${other} theme`);
};

const listen = () => {
  let typing = 0;
  // The fragment holds the filters: to follow the link would let them go, and draw the files anew under the focus.
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    toFiles();
  });
  byId("search").addEventListener("input", (event) => {
    const search = () => {
      state.search = event.target.value.trim();
      state.page = 0;
      update();
    };
    clearTimeout(typing);
    if (FILES.length > 2000) typing = setTimeout(search, 120);
    else search();
  });
  byId("sort").addEventListener("change", (event) => {
    state.sort = event.target.value;
    state.page = 0;
    update();
  });
  byId("direction").addEventListener("click", () => {
    state.reversed = !state.reversed;
    state.page = 0;
    update();
  });
  byId("clear").addEventListener("click", () => {
    clearFilters();
    byId("search").focus();
  });
  byId("open-all").addEventListener("click", openAll);
  byId("files").addEventListener("click", labelOpenAll);
  byId("print").addEventListener("click", () => print());
  byId("rule-close").addEventListener("click", () => byId("rule").close());
  byId("rule").addEventListener("click", (event) => { if (event.target === byId("rule")) byId("rule").close(); });
  byId("theme").addEventListener("click", () => {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    setTheme(theme);
    try { localStorage.setItem("preflight-theme", theme); } catch { /* It holds until the page is left. */ }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => setTheme(event.matches ? "dark" : "light"));
  document.addEventListener("keydown", keys);
  addEventListener("hashchange", () => { restore(); showState(); update(); });
};

const keys = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("rule").open) return;
  const isTyping = event.target.matches("input[type=search], select, textarea");
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    byId("search").focus();
    byId("search").select();
  } else if (event.key === "Escape" && event.target === byId("search")) {
    event.target.value = "";
    state.search = "";
    update();
  } else if (event.target === byId("search") && event.key === "ArrowDown") {
    event.preventDefault();
    heads()[0]?.focus();
  } else if (event.target.matches(".head") && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    const all = heads();
    const next = all[all.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }
};

const showState = () => {
  byId("search").value = state.search;
  byId("sort").value = state.sort;
};

byId("sort").append(...Object.entries(SORTS).map(([value, { name }]) => el("option", { value }, name)));
if (matchMedia("(max-width: 60rem)").matches) byId("filters").open = false;
setTheme(document.documentElement.dataset.theme);
restore();
showState();
drawHead();
listen();
update();
document.documentElement.dataset.ready = "";
performance.measure("report", "report-begin");
