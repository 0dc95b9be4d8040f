// The question at the top of the page, and its answer in sentences with the evidence behind them.
const outcomeOf = (row) => (row < 0 ? "" : text("outcome", row));
const asAsked = (one) => ({
  model: tables.model[one.model],
  plain: outcomeOf(one.plain),
  best: outcomeOf(one.best),
  strategy: text("strategy", one.best),
  ranIn: text("ran_in", one.best),
  grade: text("grade", one.best),
  cause: one.plain < 0 ? "" : text("cause", one.plain),
  row: one.plain,
});
const efforts = Object.keys(snippets); // in the order in which they are tried
const asWorld = (tag) => ({
  consumers: tables.consumer,
  formats: tables.format,
  releases: Object.entries(releases)
    .filter(([cell]) => tables.consumer.includes(cell))
    .map(([cell, version]) => ({ cell, version }))
    .sort((a, b) => a.version.localeCompare(b.version, "en", { numeric: true })),
  effort: (format, strategy) => efforts.indexOf(`${format}/${strategy}`),
  cases: (producer, consumer, format) =>
    casesOf(`${producer}..${consumer}`).filter((one) => tables.format[one.format] === format && (!tag || tags[tables.model[one.model]]?.includes(tag))).map(asAsked),
});
const world = asWorld("");

const HEADLINES = {
  yes: ["pass", "Yes, as it is."],
  remedy: ["remedy", "Yes, with a change."],
  depends: ["mixed", "It depends on the model."],
  no: ["fails", "No."],
  unknown: ["not-judged", "Not known."],
};
const cellName = (id) => (releases[id] ? `TensorFlow ${releases[id]}` : id);
const formatName = (id) => make("code", "", titles[id] ?? id);
const modelCount = (count) => `${count} ${count === 1 ? "model" : "models"}`;
const linkTo = (href, className, ...children) => {
  const node = make("a", className, ...children);
  node.href = href;
  return node;
};
const evidenceLink = ({ producer, consumer, format, tag = "", model = "" }, className, ...children) =>
  linkTo(fragment({ ...START, pair: `${producer}..${consumer}`, format, tag, trial: model && `${model}/${format}`, ask: state.ask }), className, ...children);

const sentence = (question, found) => {
  const { judged, plain, mended, left, unjudged } = found;
  if (!judged.length) {
    const why = make("span", "", "this was not run.");
    const row = unjudged.find((one) => one.row >= 0)?.row;
    if (row !== undefined) unpackDetails().then(() => { why.textContent = text("reason", row).split("\n", 1)[0]; });
    return [`Nothing ${question.tag ? `of the kind ${question.tag} ` : ""}that ${cellName(question.producer)} saved this way was judged in ${cellName(question.consumer)}: `, why];
  }
  const parts = [
    `Of ${modelCount(judged.length)}${question.tag ? ` of the kind ${question.tag}` : ""} saved by ${cellName(question.producer)} with `, formatName(question.format), ", ",
    make("b", "", `${plain.length}`), ` ${plain.length === 1 ? "loads" : "load"} as typed in ${cellName(question.consumer)} and ${plain.length === 1 ? "answers" : "answer"} right`,
  ];
  if (mended.length) parts.push(", ", make("b", "", `${mended.length}`), " more with a remedy");
  if (left.length) parts.push(", ", make("b", "", `${left.length}`), ` ${left.length === 1 ? "does" : "do"} not in any way that was tried`);
  return [...parts, "."];
};
const causeParagraph = ({ causes: found, mended, left }) => {
  if (!found.length) return null;
  const [first] = found;
  const all = mended.length + left.length;
  return make("p", "", make("b", "", "Why not as typed? "), `${first.count} of ${all}: `, causeLink(first.name), ". ", causes[first.name]?.advice ? make("span", "soft", causes[first.name].advice) : "");
};
const copyButton = (label, content, title = "Copy") => {
  const button = make("button", "copy", title);
  button.type = "button";
  button.setAttribute("aria-label", `Copy ${label}`);
  button.addEventListener("click", async () => {
    await copy(content());
    button.textContent = "Copied";
    say(`Copied ${label}`);
    setTimeout(() => { button.textContent = title; }, 2000);
  });
  return button;
};
const gradesOf = ({ grades, models: mended }) =>
  grades.map(({ name, count }) => `${GRADES[name] ?? name}${count === mended.length ? "" : ` (${count})`}`).join(", ");
const GRADES = { whole: "trains on as if it had never been saved", trainable: "can be trained", "inference only": "answers only, cannot be trained" };
const remedyNode = (question, remedy, open) => {
  const name = remedy.ranIn ? `${remedy.strategy}: ${mendings[remedy.ranIn] ?? `in ${remedy.ranIn}`}` : remedy.strategy;
  const node = make("details", "remedy", make("summary", "", make("b", "", name), ` mends ${remedy.models.length}`));
  node.open = open;
  node.append(make("p", "soft", `${remedy.models.join(", ")}. `, remedy.grades.length ? `Good for: ${gradesOf(remedy)}.` : ""));
  const snippet = remedy.ranIn ? mendings[remedy.ranIn] : snippetOf(question.format, remedy.strategy);
  if (snippet) node.append(codeNode(remedy.strategy, snippet));
  return node;
};
const LONG = 60; // lines that a person still reads
const files = new Map(); // by snippet: the address under which it can be saved
const fileOf = (snippet) => {
  if (!files.has(snippet)) files.set(snippet, URL.createObjectURL(new Blob([snippet], { type: "text/x-python" })));
  return files.get(snippet);
};
const codeNode = (name, snippet) => {
  const lines = snippet.trimEnd().split("\n");
  const whole = (title, content) => make("div", "code", copyButton(title, () => snippet), focusable(make("pre", "", content), `Code of ${name}`));
  if (lines.length <= LONG) return whole(`the remedy ${name}`, snippet);
  const link = linkTo(fileOf(snippet), "", `${name.replaceAll("-", "_")}.py`);
  link.download = link.textContent;
  const call = lines.slice(lines.lastIndexOf("") + 1).join("\n");
  return make("div", "",
    make("p", "", "Save ", link, `, ${lines.length} lines that need nothing but what TensorFlow brings along, and name your file at its end:`),
    focusable(make("pre", "", call), `The call at the end of ${name}`),
    make("details", "", make("summary", "", "All of its code"), whole(`the remedy ${name}`, snippet)));
};
const placeParagraph = (question, { left, elsewhere, otherwise }) => {
  if (!left.length) return null;
  const node = make("p", "", make("b", "", "And the rest? "));
  const share = (loads) => (left.length === 1 ? "it loads" : `${loads} of the ${left.length} ${loads === 1 ? "loads" : "load"}`);
  const some = (place) => `${share(place.plain + place.mended)}${!place.mended ? "" : place.plain ? ` (${place.mended} with a remedy)` : " with a remedy"}`;
  if (elsewhere) node.append("In ", evidenceLink({ ...question, consumer: elsewhere.cell }, "", cellName(elsewhere.cell)), `, ${some(elsewhere)}. `);
  if (otherwise) node.append("Saved as ", formatName(otherwise.format), ` instead, ${some(otherwise)} `, evidenceLink({ ...question, format: otherwise.format }, "", "here"), ".");
  if (!elsewhere && !otherwise) node.append("No other cell or format of this page loads them either.");
  return node;
};
// A release with the Python that it was measured with: pip finds none of the older ones for a newer Python.
const withPython = (release) => {
  const python = versionOf(world.releases.find(({ version }) => version === release)?.cell, "Python");
  return python ? `${release} (Python ${python.split(".", 2).join(".")})` : release;
};
const specifierNodes = (label, found) => {
  if (!found) return [make("dt", "", label), make("dd", "", "no single release that was measured")];
  const notes = [`measured: ${found.measured.map(withPython).join(", ")}`];
  if (found.inferred) notes.push(`not run, inferred: ${found.inferred}`);
  if (found.others.length) notes.push(`also: ${found.others.join(", ")}`);
  return [make("dt", "", label), make("dd", "", make("code", "specifier", found.text), " ", copyButton(found.text, () => `pip install "${found.text}"`), make("small", "", notes.join("; ")))];
};
const installNode = ({ verdict: { tried, models: all, plain, withRemedies } }) => {
  if (!tried) return null;
  const whom = (some) => (some === all ? `${all === 1 ? "the model loads" : `all ${all} models load`}` : some ? `the ${some} of ${modelCount(all)} that ever do load` : `none of ${modelCount(all)} loads`);
  const list = make("dl", "install", ...specifierNodes(`As typed, ${whom(plain.models)} in`, plain.specifier));
  if (withRemedies.specifier && (withRemedies.models > plain.models || withRemedies.specifier.text !== plain.specifier?.text)) {
    list.append(...specifierNodes(`With remedies, ${whom(withRemedies.models)} in`, withRemedies.specifier));
  }
  return list;
};
const chip = (question, one) => {
  const [look, words] = one.plain === "pass" ? ["pass", "loads as typed"] : one.best === "pass" ? ["remedy", `loads with ${one.strategy}`] : one.best === "drift" ? ["drift", "loads, and answers differently"] : ["fails", "does not load"];
  const node = evidenceLink({ ...question, model: one.model }, `chip look-${look}`, make("span", "", looks[look].symbol), one.model, make("span", "hidden", `: ${words}`));
  node.title = words;
  return node;
};
const modelsNode = (question, { judged, plain, mended, left }) => {
  if (!judged.length) return null;
  const list = make("ul", "chips", ...[...plain, ...mended, ...left].map((one) => make("li", "", chip(question, one))));
  return make("details", "which", make("summary", "", judged.length === 1 ? "Which model?" : `Which of the ${judged.length} models?`), list);
};

const ASKED = ["producer", "format", "consumer", "tag"];
const questionOf = (value) => {
  const [producer, format, consumer, tag = ""] = value.split("..");
  return { producer, format, consumer, tag };
};
const firstQuestion = () => {
  const producer = world.releases.find(({ cell }) => tables.producer.includes(cell))?.cell ?? tables.producer[0] ?? "";
  const format = tables.format.includes("h5") ? "h5" : tables.format[0] ?? "";
  return `${producer}..${format}..${world.releases.at(-1)?.cell ?? tables.consumer.at(-1) ?? ""}`;
};
const showAnswer = () => {
  const asked = state.ask || firstQuestion();
  byId("ask-example").hidden = Boolean(state.ask);
  const question = questionOf(asked);
  for (const name of ASKED) byId(`ask-${name}`).value = question[name];
  const found = answer(question.tag ? asWorld(question.tag) : world, question);
  const [look, headline] = HEADLINES[found.says];
  byId("ask-says").replaceChildren(
    make("strong", `says look-${look}`, make("span", "", looks[look].symbol), headline),
    make("span", "sentence", ...sentence(question, found)),
  );
  const remedies = found.remedies.map((remedy, index) => remedyNode(question, remedy, index === 0));
  const parts = [causeParagraph(found), remedies.length ? make("h3", "", remedies.length > 1 ? "What to paste, the least effort first" : "What to paste") : null, ...remedies, placeParagraph(question, found), installNode(found), modelsNode(question, found)];
  byId("ask-more").replaceChildren(...parts.filter(Boolean));
};
const optionsOf = (ids, label) => ids.map((id) => new Option(label(id), id));
const versionOf = (id, name) => (cells[id] ?? []).find(([each]) => each === name)?.[1];
const cellLabel = (id) => [releases[id] ? `${id.replace("tf", "TensorFlow ")}` : id, versionOf(id, "Keras") ? `Keras ${versionOf(id, "Keras")}` : ""].filter(Boolean).join(" · ");
const startAsking = () => {
  byId("ask-producer").append(...optionsOf(tables.producer, cellLabel));
  byId("ask-consumer").append(...optionsOf(tables.consumer, cellLabel));
  byId("ask-format").append(...optionsOf(tables.format, (id) => (titles[id] ? `${id} · ${titles[id]}` : id)));
  byId("ask-tag").append(new Option("any kind", ""), ...optionsOf(allTags, (tag) => tag));
  for (const name of ASKED) byId(`ask-${name}`).addEventListener("change", () => {
    state.ask = ASKED.map((each) => byId(`ask-${each}`).value).filter(Boolean).join("..");
    writeState();
    showAnswer();
  });
  startErrors();
  byId("ask").hidden = !tables.producer.length;
};
