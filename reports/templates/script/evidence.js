// A square opened: every model and format of a pair, and what was seen of each.
const exceptionNodes = (row) => {
  if (columns.exception[row] < 0) return [];
  const { exceptions, messages, frames } = details;
  const [type, message, chain, trace] = exceptions[columns.exception[row]];
  const nodes = [make("pre", "exception", make("b", "", type), `: ${messages[message]}`)];
  for (const [kind, cause] of chain) nodes.push(make("pre", "", "caused by ", make("b", "", kind), `: ${messages[cause]}`));
  if (trace.length) nodes.push(make("details", "", make("summary", "", `${trace.length} frames, outermost first`), make("pre", "", trace.map((frame) => frames[frame]).join("\n"))));
  return nodes;
};
const sourceLinks = (sources) => sources.map((source, index) => {
  const link = make("a", "", `source ${index + 1}`);
  link.href = source;
  link.rel = "noopener noreferrer";
  return make("span", "", " ", link);
});
const causeNodes = (id) => {
  if (!id) return [];
  const cause = causes[id];
  if (!cause) return [make("p", "", make("b", "", "Cause: "), id)];
  return [
    make("p", "", make("b", "", `Cause: ${cause.title}. `), cause.explanation, ...sourceLinks(cause.sources)),
    cause.advice ? make("p", "", make("b", "", "What to do: "), cause.advice) : "",
  ].filter(Boolean);
};
const remedyNodes = (row) => {
  const nodes = [];
  const ranIn = text("ran_in", row);
  if (text("grade", row)) nodes.push(make("p", "", make("b", "", "Good for: "), text("grade", row)));
  if (ranIn) nodes.push(make("p", "", make("b", "", "Tried in "), `${ranIn}: ${mendings[ranIn] ?? ""}`));
  const snippet = snippetOf(text("format", row), text("strategy", row));
  if (snippet && text("outcome", row) === "pass") nodes.push(make("details", "snippet", make("summary", "", "Code to paste"), make("pre", "", snippet)));
  return nodes;
};
// How deep a trial got: the stages before the one that it ended in were passed.
const OF_SAVES = ["build", "save"];
let deepest = null;
const deepestStage = () => (deepest ??= columns.stage.reduce((most, stage) => Math.max(most, stage), -1));
const stageNode = (row) => {
  const reached = columns.stage[row];
  if (reached < 0) return "";
  const passed = columns.outcome[row] === PASS;
  const isSave = OF_SAVES.includes(tables.stage[reached]);
  const shown = tables.stage.map((name, index) => [name, index]).filter(([name, index]) => (isSave ? index <= reached : index <= deepestStage() && !OF_SAVES.includes(name)));
  const steps = shown.map(([name, index]) => make("li", index < reached || (passed && index === reached) ? "passed" : index === reached ? "ended" : "", name));
  const list = make("ol", "stages", ...steps);
  list.setAttribute("aria-label", `stage: ${tables.stage[reached]}`);
  return list;
};
const promiseNode = (row) => {
  const rule = rules[text("rule", row)];
  const verdict = text("promise", row);
  if (!rule || !verdict) return "";
  const failed = isJudged[columns.outcome[row]] && columns.outcome[row] !== PASS;
  const [look, word] = verdict !== "promised" ? ["", verdict.replace("-", " ")] : failed ? ["look-fails", "promised and broken"] : ["look-pass", "promised"];
  return make("p", "", make("span", `badge ${look}`, word), " ", rule.says, ...sourceLinks(rule.sources));
};
const trialNode = (row) => {
  const facts = make("p", "facts", make("b", "", text("strategy", row)), badge(row), stageNode(row));
  if (columns.diff[row] >= 0) facts.append(make("span", "", `max_abs_diff: ${text("diff", row)}`));
  const hundredths = columns.seconds[row];
  facts.append(make("small", "", `${hundredths ? `${hundredths / 100} s` : "under 0.01 s"}, ${text("engine", row)}`));
  const node = make("div", "trial", facts);
  node.append(...causeNodes(text("cause", row)), ...remedyNodes(row), promiseNode(row));
  if (text("reason", row)) node.append(make("p", "", text("reason", row)));
  if (text("known", row)) node.append(make("p", "", make("b", "", "Known failure: "), text("known", row)));
  node.append(...exceptionNodes(row));
  if (text("log", row)) node.append(make("details", "", make("summary", "", "End of the log"), make("pre", "", text("log", row))));
  if (columns.ran[row]) node.append(make("pre", "command", `python -m lab repro ${nameOf(row)}`));
  return node;
};
// Every way that applies was run, and none answers rightly: said only where that is so.
const noneHelps = ({ first, end }) => {
  const ways = Array.from({ length: end - first }, (_, offset) => text("strategy", first + offset));
  return ways.length > 1 ? `None of these helps: ${ways.slice(1).join(", ")}. All that may were tried.` : "No remedy applies here.";
};
const caseNode = (one) => {
  const [producer, consumer] = [text("producer", one.first), text("consumer", one.first)];
  const [model, format] = [tables.model[one.model], tables.format[one.format]];
  const node = make("details", "case");
  const isMended = one.best !== one.plain && one.plain >= 0 && rank[columns.outcome[one.best]] < rank[columns.outcome[one.plain]];
  node.append(make("summary", "", make("strong", "", format), badge(one.plain), isMended ? make("span", "", `with ${text("strategy", one.best)}: `, badge(one.best)) : ""));
  node.dataset.trial = `${model}/${format}`;
  const open = () => {
    if (node.children.length > 1) return;
    if (one.plain >= 0 && columns.none[one.plain]) node.append(make("p", "note", noneHelps(one)));
    for (let row = one.first; row < one.end; row++) node.append(trialNode(row));
    node.append(make("div", "trial", make("pre", "command", `python -m lab show ${producer} ${consumer} ${model} ${format}`)));
  };
  node.addEventListener("toggle", () => {
    if (!node.open) return;
    open();
    if (state.pair && state.trial !== node.dataset.trial) { state.trial = node.dataset.trial; writeState({ step: false }); }
  });
  if (node.dataset.trial === state.trial) { open(); node.open = true; }
  return node;
};
const side = (title, id) => {
  const known = (cells[id] ?? []).map(([name, version]) => make("span", "version", `${name} `, make("b", "", version)));
  return make("div", "", make("p", "", `${title} ${id}`), ...known);
};
// What is not the same on both sides; what is in one only stands beside a dash.
const differences = (producer, consumer) => {
  const { packages } = details;
  const [there, here] = [packages[producer] ?? {}, packages[consumer] ?? {}];
  const names = [...new Set([...Object.keys(there), ...Object.keys(here)])].filter((name) => there[name] !== here[name]).sort();
  if (!names.length) return "";
  const rows = names.map((name) => {
    const head = make("th", "", name);
    head.scope = "row";
    return make("tr", "", head, make("td", "", there[name] ?? "–"), make("td", "", here[name] ?? "–"));
  });
  const heads = ["Package", producer, consumer].map((title) => { const head = make("th", "", title); head.scope = "col"; return head; });
  const table = make("table", "list", make("thead", "", make("tr", "", ...heads)), make("tbody", "", ...rows));
  return make("details", "differences", make("summary", "", `${names.length} packages differ`), focusable(make("div", "box", table), "Packages that differ, scrolls"));
};
// The title of a cause, leading to where it is told of; foreign causes of a dropped file have no such place.
const causeLink = (id) => {
  const title = causes[id]?.title ?? (id === "unexplained" ? "the cause is not known" : id);
  return document.getElementById(`cause-${id}`) ? linkTo(`#cause-${id}`, "", title) : title;
};
// What fails as typed in this square, by its causes.
const CAUSES_SHOWN = 6;
const causesHere = (some) => {
  const counts = new Map();
  for (const { plain } of some) if (plain >= 0 && columns.cause[plain] >= 0) counts.set(columns.cause[plain], (counts.get(columns.cause[plain]) ?? 0) + 1);
  if (!counts.size) return "";
  const found = [...counts].sort(([, a], [, b]) => b - a).map(([cause, count]) => make("li", "", make("b", "", `${count} `), causeLink(tables.cause[cause])));
  const rest = found.splice(CAUSES_SHOWN);
  const more = rest.length ? make("details", "", make("summary", "", `${rest.length} more, each rarer`), make("ul", "", ...rest)) : "";
  return make("div", "", make("p", "", make("b", "", "Why not as typed:")), make("ul", "", ...found), more);
};
// Models with something that does not load at all, then those that need a remedy, then the rest; each with its formats together.
const worstFirst = (some) => {
  const need = ({ plain, best }) => (best < 0 || !isJudged[columns.outcome[best]] ? 3 : columns.outcome[best] !== PASS ? 0 : best !== plain ? 1 : 2);
  const ofModel = new Map();
  for (const one of some) ofModel.set(one.model, Math.min(ofModel.get(one.model) ?? 3, need(one)));
  return [...some].sort((a, b) => ofModel.get(a.model) - ofModel.get(b.model) || a.index - b.index);
};
const openEvidence = async () => {
  const wanted = state.pair;
  await unpackDetails();
  if (state.pair !== wanted) return; // somebody has closed it, or gone on, meanwhile
  const some = casesOf(state.pair).filter(chosen);
  const [producer, consumer] = state.pair.split("..");
  byId("evidence-title").textContent = `${producer} → ${consumer}`;
  const nodes = [
    make("div", "sides", side("Saved by", producer), side("Loaded by", consumer)),
    differences(producer, consumer),
    make("p", "", make("b", "", "Plain: "), describe(tally(some, "plain"))),
    make("p", "", make("b", "", "With remedies: "), describe(tally(some, "remedies"))),
    make("pre", "command", `python -m lab show ${producer} ${consumer}`),
  ];
  const held = FILTER_NAMES.filter((name) => state[name]).map((name) => labelOf(name, state[name]));
  if (held.length) nodes.push(make("p", "note", `Only ${held.join(", ")}: the filters of the grid hold here too.`));
  nodes.push(causesHere(some));
  let model = -1;
  for (const one of worstFirst(some)) {
    if (one.model !== model) nodes.push(make("h3", "", tables.model[one.model]));
    model = one.model;
    nodes.push(caseNode(one));
  }
  byId("evidence-body").replaceChildren(...nodes.filter(Boolean));
  const dialog = byId("evidence");
  if (!dialog.open) dialog.showModal();
  document.documentElement.classList.add("covered"); // what lies under the dialog does not scroll
  dialog.scrollTop = 0;
  byId("evidence-title").focus();
  byId("evidence-body").querySelector("details.case[open]")?.scrollIntoView({ block: "center" });
};
const openPair = (pair, trial = "") => { Object.assign(state, { pair, trial }); writeState(); openEvidence(); };
