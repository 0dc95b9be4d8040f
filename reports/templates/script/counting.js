// The results, unpacked, and how they are counted; grid.py counts the same way, and a test compares the two.
const byId = (id) => document.getElementById(id);
const bytesOf = (packed) => {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(packed);
  const characters = atob(packed);
  const bytes = new Uint8Array(characters.length);
  for (let index = 0; index < characters.length; index++) bytes[index] = characters.charCodeAt(index);
  return bytes;
};
// A head in JSON and columns behind it; a column is an index into the table of its name for every row, -1 for nothing.
const WIDTHS = { 1: Int8Array, 2: Int16Array, 4: Int32Array };
// What gzip packed ends with how much it was. A Blob and a Response would take twice as long to give the same.
const inflated = async (bytes) => {
  const whole = new Uint8Array(new DataView(bytes.buffer).getUint32(bytes.length - 4, true));
  const packed = new ReadableStream({ start: (into) => { into.enqueue(bytes); into.close(); } });
  const reader = packed.pipeThrough(new DecompressionStream("gzip")).getReader();
  for (let from = 0; ;) {
    const { done, value } = await reader.read();
    if (done) break;
    whole.set(value, from);
    from += value.length;
  }
  return whole.buffer;
};
const unpacked = async (id) => {
  const buffer = await inflated(bytesOf(byId(id).textContent));
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, new DataView(buffer).getUint32(0, true))));
  return { ...head, columns: Object.fromEntries(head.columns.map(({ name, width, at }) => [name, new WIDTHS[width](buffer, at, head.size)])) };
};
const { size, tables, columns, cells, looks, symbols, causes, snippets, parts, betweenParts, mendings, releases, titles, tags, rules, baseline } = await unpacked("payload");
// What only an opened square shows is most of the page: reasons, exceptions, frames, packages. It is unpacked when first asked for.
let asked = null, details = null;
const unpackDetails = () => (asked ??= unpacked("details").then((found) => {
  Object.assign(tables, found.tables);
  Object.assign(columns, found.columns);
  details = found;
}));
const outcomeIds = tables.outcome;
const at = (word) => outcomeIds.indexOf(word);
const PASS = at("pass"), DRIFT = at("drift"), UNSUPPORTED = at("unsupported"), BLOCKED = at("blocked"), INFRA = at("infra-error");
const isJudged = outcomeIds.map((_, index) => ![UNSUPPORTED, BLOCKED, INFRA].includes(index));
const rank = outcomeIds.map((_, index) => (index === PASS ? 0 : index === DRIFT ? 1 : isJudged[index] ? 2 : index === INFRA ? 4 : 3));
const snippetOf = (format, strategy) => snippets[`${format}/${strategy}`]?.map((part) => parts[part]).join(betweenParts);
const text = (name, row) => (columns[name][row] < 0 ? "" : tables[name][columns[name][row]]);

// A case is one (model, format) of one pair: rows from `first` to before `end`, and by view the row that counts (-1: none).
const { outcome: outcomes, producer: producers, consumer: consumers, model: models, format: formats } = columns;
const isTraining = tables.grade.map((grade) => ["whole", "trainable"].includes(grade));
const isPromised = tables.promise.map((promise) => promise === "promised");
// What loads as typed is the row of the plain strategy; where that was not run, the row that says why.
const plainRow = ({ plain, outcome }, first, end) => {
  for (let row = first; row < end; row++) if (plain[row]) return row;
  for (let row = first; row < end; row++) if (outcome[row] === UNSUPPORTED || outcome[row] === BLOCKED) return row;
  return -1;
};
const bestRow = ({ outcome }, first, end, plain) => {
  let best = -1, least = Infinity;
  for (let row = first; row < end; row++) {
    const score = rank[outcome[row]] * 2 + (row === plain ? 0 : 1);
    if (score < least) { least = score; best = row; }
  }
  return best;
};
const trainedRow = ({ outcome, grade }, first, end) => {
  for (let row = first; row < end; row++) if (outcome[row] === PASS && isTraining[grade[row]]) return row;
  return -1;
};
// Rows lie sorted, so a case ends where any of its four names changes.
const casesIn = (of) => {
  const { producer, consumer, model, format } = of;
  const found = Object.fromEntries(["first", "end", "plain", "best", "trained"].map((name) => [name, new Int32Array(size)]));
  let count = 0;
  for (let first = 0, end; first < size; first = end) {
    for (end = first + 1; end < size; end++) {
      if (format[end] !== format[first] || model[end] !== model[first] || consumer[end] !== consumer[first] || producer[end] !== producer[first]) break;
    }
    const plain = plainRow(of, first, end);
    found.first[count] = first;
    found.end[count] = end;
    found.plain[count] = plain;
    found.best[count] = bestRow(of, first, end, plain);
    found.trained[count++] = trainedRow(of, first, end);
  }
  return { count, ...Object.fromEntries(Object.entries(found).map(([name, rows]) => [name, rows.subarray(0, count)])) };
};
const CASES = casesIn(columns);
const { count } = CASES;
const pairs = new Map(); // "producer..consumer": its cases, from and to before
for (let one = 0, range = null; one < count; one++) {
  const row = CASES.first[one], before = one ? CASES.first[one - 1] : -1;
  if (!one || producers[row] !== producers[before] || consumers[row] !== consumers[before]) pairs.set(`${text("producer", row)}..${text("consumer", row)}`, (range = [one, one]));
  range[1] = one + 1;
}
const caseAt = (index) => {
  const first = CASES.first[index];
  return { index, first, end: CASES.end[index], plain: CASES.plain[index], best: CASES.best[index], model: models[first], format: formats[first] };
};
const casesOf = (pair) => {
  const [from, to] = pairs.get(pair) ?? [0, 0];
  return Array.from({ length: to - from }, (_, offset) => caseAt(from + offset));
};

// Views: which row of a case counts. What passes and is good for inference alone has no place among the outcomes.
const INFERENCE = outcomeIds.length;
const KINDS = outcomeIds.length + 1;
const SLOT = KINDS + 1; // a count for each kind, and how many passes a remedy brought
const VIEWS = {
  plain: (one) => CASES.plain[one],
  remedies: (one) => CASES.best[one],
  trainable: (one) => (CASES.trained[one] >= 0 ? CASES.trained[one] : CASES.best[one]),
  promises: (one) => (CASES.plain[one] >= 0 && isPromised[columns.promise[CASES.plain[one]]] ? CASES.plain[one] : -1),
};
const seen = {}; // by view: the kind of every case (-1: it does not count), and whether a remedy brought it
const seenBy = (view) => {
  if (!seen[view]) {
    const kinds = new Int8Array(count), remedied = new Uint8Array(count);
    for (let one = 0; one < count; one++) {
      const row = VIEWS[view](one);
      kinds[one] = row < 0 ? -1 : outcomes[row];
      if (kinds[one] === PASS && view === "trainable" && CASES.trained[one] < 0) kinds[one] = INFERENCE;
      remedied[one] = Number(kinds[one] === PASS && row !== CASES.plain[one]);
    }
    seen[view] = { kinds, remedied };
  }
  return seen[view];
};
const slots = (some) => new Int32Array(some * SLOT);
const add = (into, slot, one, { kinds, remedied }) => {
  if (kinds[one] < 0) return;
  into[slot * SLOT + kinds[one]]++;
  into[slot * SLOT + KINDS] += remedied[one];
};
const summed = (into, slot = 0) => {
  const counts = into.subarray(slot * SLOT, slot * SLOT + KINDS);
  let total = 0, judged = 0;
  for (let kind = 0; kind < KINDS; kind++) {
    total += counts[kind];
    if (kind === INFERENCE || isJudged[kind]) judged += counts[kind];
  }
  return { counts, total, judged, passed: counts[PASS], remedied: into[slot * SLOT + KINDS] };
};
const tally = (some, view) => {
  const into = slots(1);
  for (const one of some) add(into, 0, one.index, seenBy(view));
  return summed(into);
};
const percent = ({ passed, judged }) => {
  if (!judged) return "";
  if (passed === 0 || passed === judged) return passed ? "100%" : "0%";
  return `${Math.min(99, Math.max(1, Math.floor((passed / judged) * 100 + 0.5)))}%`;
};
const lookOf = ({ counts, total, judged, passed, remedied }) => {
  if (!judged) return total && counts[UNSUPPORTED] === total ? "unsupported" : "not-judged";
  if (passed === judged) return remedied ? "remedy" : "pass";
  const loaded = passed + counts[DRIFT] + counts[INFERENCE];
  if (loaded < judged) return loaded ? "mixed" : "fails";
  return counts[INFERENCE] ? "mixed" : "drift";
};
const describe = (one) => {
  const counts = Array.from(one.counts, (number, index) => (number ? `${outcomeIds[index] ?? "inference only"} ${number}` : "")).filter(Boolean).join(", ");
  return `${looks[lookOf(one)].word}, ${percent(one) || "no share"} (${counts || "nothing tried"})`;
};
