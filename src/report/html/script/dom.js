// Builds elements. Texts are only ever set as texts: nothing of a file becomes markup.

performance.mark("report-begin");

const SVG = "http://www.w3.org/2000/svg";

const byId = (id) => document.getElementById(id);

/** An element with attributes and children; a string child is a text. */
const el = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);

/** The same for SVG. */
const svg = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

const fill = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== undefined && value !== null) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

const icon = (name, className = "icon") => svg("svg", { class: className, "aria-hidden": "true" }, svg("use", { href: `#${name}` }));

const button = (label, listener, attributes = {}) =>
  el("button", { type: "button", class: "quiet", ...attributes, on: { click: listener } }, label);

const NUMBER = new Intl.NumberFormat("en");

/** A number and its noun. */
const counted = (count, noun) => `${NUMBER.format(count)} ${noun}${count === 1 ? "" : "s"}`;

/** Milliseconds as a time that people read: 12.5 s, 2:20, 1:02:20. */
const time = (millis) => {
  const seconds = millis / 1000;
  if (seconds < 60) return `${Number(seconds.toFixed(2))} s`;
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] > 0 ? parts : parts.slice(1);
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
};

/** Bits a second in the unit that people read. */
const rate = (bits) => {
  const [unit, name] = bits >= 1e6 ? [1e6, "Mbps"] : [1e3, "kbps"];
  const value = bits / unit;
  return `${Number(value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2))} ${name}`;
};

/** Says something to those who do not see it. */
const say = (text) => { byId("said").textContent = text; };

/** A path as its folder and its name. */
const pathParts = (path) => {
  const cut = path.lastIndexOf("/") + 1;
  return [path.slice(0, cut), path.slice(cut)];
};
