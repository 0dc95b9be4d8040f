// Changes against another run: the baseline that the page carries, or a file of results that a reader drops on it.
const NAME = ["producer", "consumer", "model", "format", "strategy"];
const nameOf = (row) => NAME.map((part) => text(part, row)).join("/");
const unjudged = (outcome) => outcome < 0 || !isJudged[outcome];
const changeOf = (before, after) => {
  if (unjudged(before)) return unjudged(after) ? "unknown" : "new";
  if (unjudged(after)) return "gone";
  if ((before === PASS) === (after === PASS)) return "same";
  return after === PASS ? "fixed" : "regressed";
};
const csvRows = (content) => {
  const rows = [[]];
  const token = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/y;
  while (token.lastIndex < content.length) {
    const [, value, end] = token.exec(content) ?? ["", null, null];
    if (value === null) throw new Error("a quote that does not end");
    rows.at(-1).push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end !== ",") rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
};
// Outcomes by name, of `lab results --json` or of results.csv.
const readResults = (content) => {
  const found = new Map();
  const keep = (record, place) => {
    const outcome = outcomeIds.indexOf(record.outcome);
    if (outcome < 0 || NAME.some((part) => !record[part])) throw new Error(`${place} is no result`);
    found.set(NAME.map((part) => record[part]).join("/"), outcome);
  };
  if (content.trimStart().startsWith("{")) {
    content.split("\n").forEach((line, index) => { if (line.trim()) keep(JSON.parse(line), `line ${index + 1}`); });
  } else {
    const [head, ...rows] = csvRows(content);
    rows.forEach((row, index) => keep(Object.fromEntries(head.map((name, at) => [name, row[at]])), `row ${index + 2}`));
  }
  if (!found.size) throw new Error("there is no result in it");
  return found;
};
const SHOWN_CHANGES = 200;
const changeList = (title, rows, before) => {
  if (!rows.length) return "";
  const items = rows.slice(0, SHOWN_CHANGES).map((row) => {
    const pair = `${text("producer", row)}..${text("consumer", row)}`;
    const link = linkTo(fragment({ ...START, pair, trial: `${text("model", row)}/${text("format", row)}` }), "", nameOf(row));
    return make("li", "", link, ` ${outcomeIds[before[row]]}, now ${text("outcome", row)}`);
  });
  const node = make("details", "", make("summary", "", `${rows.length} ${title}`), make("ul", "changed", ...items));
  if (rows.length > SHOWN_CHANGES) node.append(make("p", "soft", `and ${rows.length - SHOWN_CHANGES} more`));
  node.open = title === "regressed";
  return node;
};
const showChanges = (title, before, gone) => {
  const rows = { regressed: [], fixed: [], new: [], gone: [], same: [], unknown: [] };
  before.forEach((outcome, row) => rows[changeOf(outcome, columns.outcome[row])].push(row));
  FILTERS.change.index = indexed((one) => (CASES.plain[one] < 0 ? -1 : CHANGES.indexOf(changeOf(before[CASES.plain[one]], outcomes[CASES.plain[one]]))));
  byId("filter-change").parentElement.hidden = false;
  const lost = rows.gone.length + [...gone.values()].filter((outcome) => !unjudged(outcome)).length;
  const cellsGone = [...new Set([...gone.keys()].flatMap((name) => name.split("/", 2)))].filter((cell) => !tables.producer.includes(cell) && !tables.consumer.includes(cell));
  byId("changes-says").textContent =
    `Since ${title}: ${rows.regressed.length} regressed, ${rows.fixed.length} fixed, ${rows.new.length} new, ${lost} gone, ${rows.same.length} the same.` +
    (cellsGone.length ? ` Cells that are no longer here: ${cellsGone.join(", ")}; what is gone is neither better nor worse.` : "");
  byId("changes-body").replaceChildren(...[changeList("regressed", rows.regressed, before), changeList("fixed", rows.fixed, before), changeList("new", rows.new, before)].filter(Boolean));
};
let dropped = false; // the file of a reader goes before the baseline of the page
const compareWith = async (file) => {
  dropped = true;
  try {
    if (file.name.endsWith(".parquet")) throw new Error("a page cannot read Parquet");
    const found = readResults(await file.text());
    const before = new Array(size).fill(-1);
    for (let row = 0; row < size; row++) {
      const name = nameOf(row);
      if (!found.has(name)) continue;
      before[row] = found.get(name);
      found.delete(name);
    }
    showChanges(file.name, before, found);
    render();
  } catch (error) {
    byId("changes-says").textContent = `${file.name} cannot be compared: ${error.message}. Take the lines of "lab results --json" or results.csv of "lab report --export csv".`;
    byId("changes-body").replaceChildren();
  }
};
const startChanges = () => {
  byId("changes").hidden = false;
  byId("changes-file").addEventListener("change", (event) => { if (event.target.files[0]) compareWith(event.target.files[0]); });
  document.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer.files;
    if (!file) return;
    event.preventDefault();
    byId("changes").scrollIntoView();
    compareWith(file);
  });
};
const compareWithBaseline = async () => {
  if (!baseline) return;
  await unpackDetails();
  if (dropped) return;
  showChanges(baseline, columns.before, new Map(Object.entries(details.gone)));
};
