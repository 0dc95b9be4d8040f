// Elements of the page. Foreign text is shown through textContent only: names and messages are data.
const make = (tag, className, ...children) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
};
const badge = (row) => {
  if (row < 0) return make("span", "badge look-not-judged", "– not tried");
  const outcome = text("outcome", row);
  const look = { pass: "pass", drift: "drift", unsupported: "unsupported" }[outcome] ?? (isJudged[columns.outcome[row]] ? "fails" : "not-judged");
  return make("span", `badge look-${look}`, make("span", "", symbols[outcome]), outcome);
};
// What scrolls must be reachable by keyboard.
const focusable = (node, label) => {
  node.tabIndex = 0;
  node.setAttribute("role", "region");
  node.setAttribute("aria-label", label);
  return node;
};
const drawn = (tag, attributes, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const say = (words) => { byId("said").textContent = words; };
// A page from disk has no clipboard in every browser: then the old way.
const copy = async (content) => {
  try { await navigator.clipboard.writeText(content); return; } catch { /* the old way below */ }
  const area = make("textarea", "hidden");
  area.value = content;
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
};
// Long work in slices, when the browser has nothing better to do: whoever filters or clicks meanwhile is answered in between.
const SLICE_MS = 6;
const AT_LATEST = { timeout: 200 };
const whenIdle = (task) => (window.requestIdleCallback ? requestIdleCallback(task, AT_LATEST) : setTimeout(task));
const drop = (waiting) => (window.cancelIdleCallback ? cancelIdleCallback(waiting) : clearTimeout(waiting));
const moment = () => new Promise((done) => { whenIdle(done); });
const inSlices = async (some, task) => {
  let began = performance.now();
  for (const each of some) {
    task(each);
    if (performance.now() - began < SLICE_MS) continue;
    await moment();
    began = performance.now();
  }
};
