"use strict";
(async () => {
  const byId = (id) => document.getElementById(id);
  const packed = atob(byId("payload").textContent);
  const bytes = new Uint8Array(packed.length);
  for (let index = 0; index < packed.length; index++) bytes[index] = packed.charCodeAt(index);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { columns, tables, frames, cells, looks, symbols, causes, snippets, mendings } = JSON.parse(await new Response(stream).text());
  const size = columns.key.length;
  const outcomeIds = tables.outcome;
  const at = (word) => outcomeIds.indexOf(word);
  const PASS = at("pass"), DRIFT = at("drift"), UNSUPPORTED = at("unsupported"), BLOCKED = at("blocked"), INFRA = at("infra-error");
  const isJudged = outcomeIds.map((_, index) => ![UNSUPPORTED, BLOCKED, INFRA].includes(index));
  const rank = outcomeIds.map((_, index) => (index === PASS ? 0 : index === DRIFT ? 1 : isJudged[index] ? 2 : index === INFRA ? 4 : 3));
  const text = (name, row) => (columns[name][row] < 0 ? "" : tables[name][columns[name][row]]);

  // A case is one (model, format) of one pair: rows from `first` up to `end`, its plain row (-1: none), its best row.
  const cases = [], pairs = new Map();
  const { producer: producers, consumer: consumers, model: models, format: formats } = columns;
  const same = (a, b) => formats[a] === formats[b] && models[a] === models[b] && consumers[a] === consumers[b] && producers[a] === producers[b];
  for (let first = 0; first < size;) {
    let end = first + 1;
    while (end < size && same(first, end)) end++;
    let plain = -1, best = -1;
    for (let row = first; row < end && plain < 0; row++) if (columns.plain[row]) plain = row;
    for (let row = first; row < end && plain < 0; row++) if ([UNSUPPORTED, BLOCKED].includes(columns.outcome[row])) plain = row;
    const score = (row) => rank[columns.outcome[row]] * 2 + (row === plain ? 0 : 1);
    for (let row = first; row < end; row++) if (best < 0 || score(row) < score(best)) best = row;
    const found = { first, end, plain, best, model: columns.model[first], format: columns.format[first] };
    const pair = `${text("producer", first)}..${text("consumer", first)}`;
    if (!pairs.has(pair)) pairs.set(pair, []);
    pairs.get(pair).push(found);
    cases.push(found);
    first = end;
  }

  const tally = (some, view) => {
    const counts = outcomeIds.map(() => 0);
    let remedied = 0;
    for (const one of some) {
      const row = view === "plain" ? one.plain : one.best;
      if (row < 0) continue;
      counts[columns.outcome[row]]++;
      if (view !== "plain" && columns.outcome[row] === PASS && row !== one.plain) remedied++;
    }
    const total = counts.reduce((sum, count) => sum + count, 0);
    const judged = counts.reduce((sum, count, index) => sum + (isJudged[index] ? count : 0), 0);
    return { counts, total, judged, passed: counts[PASS], remedied };
  };
  const percent = ({ passed, judged }) => {
    if (!judged) return "";
    if (passed === 0 || passed === judged) return passed ? "100%" : "0%";
    return `${Math.min(99, Math.max(1, Math.floor((passed / judged) * 100 + 0.5)))}%`;
  };
  const lookOf = ({ counts, total, judged, passed, remedied }) => {
    if (!judged) return total && counts[UNSUPPORTED] === total ? "unsupported" : "not-judged";
    if (passed === judged) return remedied ? "remedy" : "pass";
    const loaded = passed + counts[DRIFT];
    return loaded === judged ? "drift" : loaded ? "mixed" : "fails";
  };
  const describe = (one) => {
    const counts = one.counts.map((count, index) => (count ? `${outcomeIds[index]} ${count}` : "")).filter(Boolean).join(", ");
    return `${looks[lookOf(one)].word}, ${percent(one) || "no share"} (${counts || "nothing tried"})`;
  };

  // State lives in the fragment: #producer..consumer&view=remedies&model=…&format=…&trial=model/format
  const state = { pair: "", view: "plain", model: "", format: "", trial: "" };
  const readState = () => {
    Object.assign(state, { pair: "", view: "plain", model: "", format: "", trial: "" });
    for (const part of location.hash.slice(1).split("&")) {
      const [name, value] = part.split("=", 2);
      let plainText = "";
      try { plainText = decodeURIComponent(value ?? name); } catch { continue; }
      if (value === undefined) state.pair = pairs.has(plainText) ? plainText : "";
      else if (name === "view") state.view = plainText === "remedies" ? "remedies" : "plain";
      else if (name === "model" && tables.model.includes(plainText)) state.model = plainText;
      else if (name === "format" && tables.format.includes(plainText)) state.format = plainText;
      else if (name === "trial") state.trial = plainText;
    }
  };
  const writeState = () => {
    const parts = state.pair ? [encodeURIComponent(state.pair)] : [];
    for (const name of ["model", "format", "trial"]) if (state[name]) parts.push(`${name}=${encodeURIComponent(state[name])}`);
    if (state.view !== "plain") parts.push("view=remedies");
    history.replaceState(null, "", parts.length ? `#${parts.join("&")}` : location.pathname + location.search);
  };

  const squares = [...document.querySelectorAll(".grid td[id]")].map((cell) => ({ cell, link: cell.firstElementChild }));
  const paint = (face, one) => {
    const look = lookOf(one);
    face.className = `face ${face.classList.contains("plain") ? "plain" : "remedies"} look-${look}`;
    face.children[0].textContent = percent(one);
    face.children[1].textContent = looks[look].symbol;
    face.children[2].textContent = ` ${looks[look].word}`;
  };
  const chosen = (one) =>
    (!state.model || tables.model[one.model] === state.model) && (!state.format || tables.format[one.format] === state.format);
  const paintGrid = () => {
    for (const { cell, link } of squares) {
      const some = (pairs.get(cell.id) ?? []).filter(chosen);
      const plain = tally(some, "plain"), remedies = tally(some, "remedies");
      paint(link.children[0], plain);
      paint(link.children[1], remedies);
      const head = link.title.split("\n", 1)[0];
      link.title = `${head}\nplain: ${describe(plain)}\nwith remedies: ${describe(remedies)}`;
    }
  };
  const fill = (select, names, column, other, otherColumn) => {
    const wanted = state[column];
    const fitting = cases.filter((one) => !other || tables[otherColumn][one[otherColumn]] === other);
    const groups = names.map(() => []);
    for (const one of fitting) groups[one[column]].push(one);
    const options = [["", fitting, `all ${names.length}`], ...names.map((name, index) => [name, groups[index], name])];
    select.replaceChildren(...options.map(([value, some, label]) => {
      const one = tally(some, state.view);
      return new Option(`${label} · ${percent(one) || "–"} of ${one.judged}`, value, false, value === wanted);
    }));
  };
  const render = ({ grid = true } = {}) => {
    byId(`view-${state.view}`).checked = true;
    fill(byId("filter-model"), tables.model, "model", state.format, "format");
    fill(byId("filter-format"), tables.format, "format", state.model, "model");
    if (grid) paintGrid();
    const one = tally(cases.filter(chosen), state.view);
    byId("counts").textContent =
      `${one.passed} of ${one.judged} judged pass (${percent(one) || "–"}) in ${pairs.size} pairs; ${one.total - one.judged} not judged`;
  };

  // Everything below shows foreign text through textContent only: names and messages are data.
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
  const exceptionNodes = (row) => {
    if (columns.exception[row] < 0) return [];
    const [type, message, chain, trace] = tables.exception[columns.exception[row]];
    const nodes = [make("pre", "exception", make("b", "", type), `: ${message}`)];
    for (const [kind, cause] of chain) nodes.push(make("pre", "", "caused by ", make("b", "", kind), `: ${cause}`));
    if (trace.length) nodes.push(make("details", "", make("summary", "", `${trace.length} frames, outermost first`), make("pre", "", trace.map((frame) => frames[frame]).join("\n"))));
    return nodes;
  };
  const causeNodes = (id) => {
    if (!id) return [];
    const cause = causes[id];
    if (!cause) return [make("p", "", make("b", "", "Cause: "), id)];
    const links = cause.sources.map((source, index) => {
      const link = make("a", "", `source ${index + 1}`);
      link.href = source;
      link.rel = "noopener noreferrer";
      return make("span", "", " ", link);
    });
    return [
      make("p", "", make("b", "", `Cause: ${cause.title}. `), cause.explanation, ...links),
      cause.advice ? make("p", "", make("b", "", "What to do: "), cause.advice) : "",
    ].filter(Boolean);
  };
  const remedyNodes = (row) => {
    const nodes = [];
    const ranIn = text("ran_in", row);
    if (text("grade", row)) nodes.push(make("p", "", make("b", "", "Good for: "), text("grade", row)));
    if (ranIn) nodes.push(make("p", "", make("b", "", "Tried in "), `${ranIn}: ${mendings[ranIn] ?? ""}`));
    const snippet = snippets[`${text("format", row)}/${text("strategy", row)}`];
    if (snippet && text("outcome", row) === "pass") nodes.push(make("details", "snippet", make("summary", "", "Code to paste"), make("pre", "", snippet)));
    return nodes;
  };
  const trialNode = (row) => {
    const facts = make("p", "facts", make("b", "", text("strategy", row)), badge(row));
    if (text("stage", row)) facts.append(make("span", "", `stage: ${text("stage", row)}`));
    if (columns.diff[row] >= 0) facts.append(make("span", "", `max_abs_diff: ${text("diff", row)}`));
    facts.append(make("small", "", `${(columns.seconds[row] / 100).toFixed(2)} s, ${text("engine", row)}`));
    const node = make("div", "trial", facts);
    node.append(...causeNodes(text("cause", row)), ...remedyNodes(row));
    if (text("reason", row)) node.append(make("p", "", text("reason", row)));
    if (text("known", row)) node.append(make("p", "", make("b", "", "Known failure: "), text("known", row)));
    node.append(...exceptionNodes(row));
    if (text("log", row)) node.append(make("details", "", make("summary", "", "End of the log"), make("pre", "", text("log", row))));
    if (columns.key[row]) node.append(make("pre", "command", `python -m lab repro ${columns.key[row]}`));
    return node;
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
      for (let row = one.first; row < one.end; row++) node.append(trialNode(row));
      node.append(make("div", "trial", make("pre", "command", `python -m lab show ${producer} ${consumer} ${model} ${format}`)));
    };
    node.addEventListener("toggle", () => {
      if (!node.open) return;
      open();
      if (state.pair && state.trial !== node.dataset.trial) { state.trial = node.dataset.trial; writeState(); }
    });
    if (node.dataset.trial === state.trial) { open(); node.open = true; }
    return node;
  };
  const side = (title, id) => {
    const known = (cells[id] ?? []).map(([name, version]) => make("span", "version", `${name} `, make("b", "", version)));
    return make("div", "", make("p", "", `${title} ${id}`), ...known);
  };
  const openEvidence = () => {
    const some = pairs.get(state.pair).filter(chosen);
    const [producer, consumer] = state.pair.split("..");
    byId("evidence-title").textContent = `${producer} → ${consumer}`;
    const nodes = [
      make("div", "sides", side("Saved by", producer), side("Loaded by", consumer)),
      make("p", "", make("b", "", "Plain: "), describe(tally(some, "plain"))),
      make("p", "", make("b", "", "With remedies: "), describe(tally(some, "remedies"))),
      make("pre", "command", `python -m lab show ${producer} ${consumer}`),
    ];
    if (state.model || state.format) nodes.push(make("p", "note", `Only ${[state.model, state.format].filter(Boolean).join(", ")}: the filters of the grid hold here too.`));
    let model = -1;
    for (const one of some) {
      if (one.model !== model) nodes.push(make("h3", "", tables.model[one.model]));
      model = one.model;
      nodes.push(caseNode(one));
    }
    byId("evidence-body").replaceChildren(...nodes);
    const dialog = byId("evidence");
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    byId("evidence-title").focus();
    byId("evidence-body").querySelector("details.case[open]")?.scrollIntoView({ block: "center" });
  };
  const openPair = (pair, trial = "") => { Object.assign(state, { pair, trial }); writeState(); openEvidence(); };

  const table = byId("grid-table");
  table.addEventListener("click", (event) => {
    const link = event.target.closest("td[id] > a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openPair(link.parentElement.id);
  });
  document.querySelectorAll("a.example").forEach((link) => link.addEventListener("click", (event) => {
    event.preventDefault();
    Object.assign(state, { model: "", format: "" });
    render();
    openPair(decodeURIComponent(link.hash.slice(1)), link.dataset.trial);
  }));
  // Arrow keys walk the squares, as Tab through hundreds would be no help.
  table.addEventListener("keydown", (event) => {
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell) return;
    event.preventDefault();
    const rows = [...table.querySelectorAll("tbody tr:not(.era)")];
    let row = rows.indexOf(cell.parentElement), column = cell.cellIndex;
    for (;;) {
      row += step[0];
      column += step[1];
      const next = rows[row]?.cells[column];
      if (!next || column < 1) return;
      if (next.id) { next.firstElementChild.focus(); return; }
    }
  });
  let crossed = -1;
  const cross = (column) => {
    if (column === crossed) return;
    document.querySelectorAll(".crossed").forEach((cell) => cell.classList.remove("crossed"));
    crossed = column;
    if (column < 1) return;
    table.querySelector(`th[data-column="${column - 1}"]`).classList.add("crossed");
    table.querySelectorAll("tbody tr:not(.era)").forEach((row) => row.cells[column].classList.add("crossed"));
  };
  const crossAt = (event) => cross(event.target.closest("tbody td")?.cellIndex ?? -1);
  table.addEventListener("pointerover", crossAt);
  table.addEventListener("focusin", crossAt);
  table.addEventListener("pointerleave", () => cross(-1));

  for (const name of ["model", "format"]) {
    byId(`filter-${name}`).addEventListener("change", (event) => { state[name] = event.target.value; writeState(); render(); });
  }
  for (const view of ["plain", "remedies"]) {
    byId(`view-${view}`).addEventListener("change", () => { state.view = view; writeState(); render({ grid: false }); });
  }
  byId("reset").addEventListener("click", () => { Object.assign(state, { model: "", format: "", view: "plain" }); writeState(); render(); });
  byId("close").addEventListener("click", () => byId("evidence").close());
  byId("evidence").addEventListener("click", (event) => { if (event.target === event.currentTarget && event.offsetX < 0) event.currentTarget.close(); });
  byId("evidence").addEventListener("close", () => {
    const link = document.getElementById(state.pair)?.firstElementChild;
    Object.assign(state, { pair: "", trial: "" });
    writeState();
    link?.focus();
  });
  const follow = () => {
    readState();
    render({ grid: Boolean(state.model || state.format) || document.documentElement.dataset.ready === "yes" });
    if (state.pair) openEvidence();
  };
  window.addEventListener("hashchange", follow);
  byId("filters").hidden = false;
  follow();
  document.documentElement.dataset.ready = "yes";
})();
