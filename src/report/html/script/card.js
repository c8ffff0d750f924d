// One card a file: closed it is a button, and open it shows all there is to know.

const SEVERITIES = { true: { name: "Error", className: "error" }, false: { name: "Warning", className: "warning" } };

const card = (file) => {
  const id = `file-${file.index}`;
  const [folder, name] = pathParts(file.p);
  const body = el("div", { id: `${id}-body`, class: "body", hidden: true });
  const head = el("button", { type: "button", class: "head", "aria-expanded": "false", "aria-controls": body.id, "aria-labelledby": `${id}-verdict ${id}-name`, "aria-describedby": `${id}-what` },
    thumbnail(file),
    el("span", { class: "lines" },
      el("span", { class: "line" },
        el("span", { id: `${id}-verdict`, class: `verdict ${file.v}` }, icon(`i-${file.v}`), VERDICT_NAMES[file.v]),
        el("span", { id: `${id}-name`, class: "path" }, el("bdi", { class: "folder" }, folder), el("bdi", { class: "name" }, name))),
      el("span", { id: `${id}-what`, class: "what" }, file.t),
      marks(file)),
    icon("i-open", "icon chevron"));
  const article = el("li", { class: `card ${file.v}`, id }, el("h3", {}, head), body);
  head.addEventListener("click", () => toggle(file, head, body));
  return article;
};

/** Opens or closes a card. The details are read the first time it is opened. */
const toggle = (file, head, body, open = body.hidden) => {
  if (open && body.childElementCount === 0) body.append(...bodyParts(file));
  body.hidden = !open;
  head.setAttribute("aria-expanded", String(open));
};

const thumbnail = (file, className = "thumb") => {
  const { picture } = preview(file);
  return el("span", { class: `${className}${picture ? "" : " drawn"}`, "aria-hidden": "true" },
    picture ? el("img", { src: picture, alt: "", decoding: "async" }) : icon(`k-${file.k}`, "kind"));
};

/** The rules of a file, each once, graver ones first. */
const marks = (file) => {
  const seen = new Map();
  for (const [rule, isError] of file.n) seen.set(rule, { className: SEVERITIES[isError].className, count: (seen.get(rule)?.count ?? 0) + 1 });
  for (const rule of file.u) if (!seen.has(rule)) seen.set(rule, { className: "undecided", count: 1 });
  if (seen.size === 0) return null;
  const shown = [...seen].slice(0, MOST_MARKS).map(([rule, { className, count }]) =>
    el("span", { class: `mark ${className}` }, icon(`i-${className}`), el("span", { class: "hidden" }, `${className}: `), rule, count > 1 ? ` ×${count}` : ""));
  if (seen.size > MOST_MARKS) shown.push(el("span", { class: "mark more" }, `${seen.size - MOST_MARKS} more`));
  return el("span", { class: "marks" }, ...shown);
};

const MOST_MARKS = 6;

const bodyParts = (file) => {
  if (file.v === "unreadable") return [el("p", { class: "unread" }, `The file could not be read: ${file.t}.`)];
  const detail = details(file);
  const seen = preview(file);
  const chart = detail.chart ?? seen.chart;
  const facts = el("dl", { class: "headline" }, ...detail.headline.flatMap(([label, value]) => [el("dt", {}, label), el("dd", {}, value)]));
  const said = [
    ...detail.faults.map((fault, index) => finding(file.n[index], fault)),
    ...detail.undecided.map(([rule, why]) => aside("undecided", "Undecided", rule, `not known, because ${why}`)),
    ...detail.near.map(([rule, message]) => aside("near", "Near the limit", rule, message)),
  ];
  if (said.length === 0) said.push(el("p", { class: "fine" }, icon("i-pass"), "Nothing to say against it."));
  if (detail.mend) said.push(remedy({ remedy: "Mend all of it at once, and check the result:", command: detail.mend }));
  if (detail.accepted_by.length > 0) said.push(el("p", { class: "muted accepted" }, `Other packs would take it: ${detail.accepted_by.join(", ")}.`));
  return [
    el("div", { class: "sheet" },
      el("div", { class: "glance" }, thumbnail(file, "picture"), facts),
      el("div", { class: "said" }, ...said)),
    detail.matrix ? matrix(detail.matrix) : null,
    chart ? timeline(chart) : null,
    factTree(detail.facts),
  ].filter(Boolean);
};

/** What the file is under each category. */
const matrix = (categories) =>
  el("section", { class: "matrix" },
    el("h4", {}, "Category by category"),
    el("ul", {}, ...categories.map(([category, verdict, rules]) =>
      el("li", {}, el("span", { class: `verdict ${verdict}` }, icon(`i-${verdict}`), VERDICT_NAMES[verdict]), " ", category, rules.length > 0 ? el("span", { class: "muted" }, ` ${rules.join(", ")}`) : null))));

/** The link to a rule's explanation. */
const ruleLink = (rule) =>
  RULES.get(rule)?.text ? button(rule, () => explain(rule), { class: "rule", "aria-haspopup": "dialog", title: "Explain this rule" }) : el("code", {}, rule);

const finding = ([rule, isError, message], fault) => {
  const { name, className } = SEVERITIES[isError];
  const lines = [["Limit", fault.limit], ["Actual", fault.actual], ["Where", fault.place], ["Basis", fault.basis], ["Baseline", fault.baseline]].filter(([, value]) => value);
  return el("section", { class: `finding ${className}` },
    el("h4", {}, icon(`i-${className}`), el("span", { class: "kind-name" }, name), " ", ruleLink(rule)),
    el("p", { class: "message" }, message),
    el("dl", { class: "values" }, ...lines.flatMap(([label, value]) => [el("dt", {}, label), el("dd", {}, value)])),
    fault.remedy ? remedy(fault) : null);
};

const remedy = (fault) =>
  el("div", { class: "remedy" },
    el("p", {}, el("span", { class: "fix" }, "Fix"), " ", fault.remedy),
    fault.command ? el("div", { class: "command" }, el("pre", {}, el("code", {}, fault.command)), copyButton(fault.command)) : copyButton(fault.remedy, "hidden-until-hover"));

const copyButton = (text, className = "") => {
  const label = el("span", {}, "Copy");
  const control = el("button", { type: "button", class: `quiet copy ${className}` }, icon("i-copy"), label);
  control.addEventListener("click", async () => {
    const done = await copy(text);
    label.textContent = done ? "Copied" : "Select and copy";
    say(done ? "Copied" : "The browser does not allow copying");
    setTimeout(() => { label.textContent = "Copy"; }, 1600);
  });
  return control;
};

/** Copies a text; pages from disk have no clipboard in some browsers, and get the old way. */
const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = el("textarea", { class: "hidden", readonly: true });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
};

const aside = (className, name, rule, text) =>
  el("section", { class: `finding ${className}` },
    el("h4", {}, icon(`i-${className}`), el("span", { class: "kind-name" }, name), " ", ruleLink(rule)),
    el("p", { class: "message" }, text));

/** All facts, built when they are first opened. */
const factTree = (rows) => {
  const tree = el("details", { class: "tree" }, el("summary", {}, el("h4", {}, "All facts"), el("span", { class: "muted" }, ` ${counted(rows.filter((row) => row[4] !== "b").length, "value")} with their places`)));
  tree.addEventListener("toggle", () => {
    if (!tree.open || tree.childElementCount > 1) return;
    const lines = rows.map(([depth, name, value, place, kind]) =>
      el("tr", { class: `fact-${kind}` },
        el("th", { scope: "row", style: `--depth: ${depth - 1}` }, name),
        el("td", { class: "value" }, value),
        el("td", { class: "place" }, place)));
    const head = el("tr", {}, ...["Fact", "Value", "Place"].map((name) => el("th", { scope: "col" }, name)));
    tree.append(el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "All facts" }, el("table", {}, el("thead", {}, head), el("tbody", {}, ...lines))));
  });
  return tree;
};

/** Sets the explanation of a rule: paragraphs, lists, `code` and **strong** of its Markdown. */
const markdown = (text) => {
  const parts = [];
  for (const block of text.split(/\n{2,}/)) {
    let list = null;
    let lines = [];
    const flush = () => {
      if (lines.length > 0) (list ?? parts).push(el(list ? "li" : "p", {}, ...inline(lines.join(" "))));
      lines = [];
    };
    for (const line of block.split("\n")) {
      if (line.startsWith("- ")) {
        flush();
        list ??= [];
        lines.push(line.slice(2));
      } else if (line.trim()) {
        lines.push(line.trim());
      }
    }
    flush();
    if (list) parts.push(el("ul", {}, ...list));
  }
  return parts;
};

const inline = (text) =>
  text.split(/(`[^`]*`|\*\*[^*]+\*\*)/).filter(Boolean).map((part) => {
    if (part.startsWith("`")) return el("code", {}, part.slice(1, -1));
    if (part.startsWith("**")) return el("strong", {}, part.slice(2, -2));
    return part;
  });

const explain = (id) => {
  const rule = RULES.get(id);
  const dialog = byId("rule");
  const files = FILES.reduce((sum, file) => sum + (file.rules.has(id) ? 1 : 0), 0);
  byId("rule-title").textContent = id;
  byId("rule-text").replaceChildren(...markdown(rule.text));
  const filter = byId("rule-filter");
  filter.textContent = `Show the ${counted(files, "file")} with it`;
  filter.hidden = files === 0;
  filter.onclick = () => {
    dialog.close();
    for (const facet of Object.keys(FACETS)) state[facet].clear();
    state.rule.add(id);
    state.search = "";
    byId("search").value = "";
    update();
    byId("files").focus();
  };
  dialog.showModal();
  dialog.scrollTop = 0;
};
