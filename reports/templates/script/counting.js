// The results, unpacked, and how they are counted; grid.py counts the same way, and a test compares the two.
const byId = (id) => document.getElementById(id);
const packed = atob(byId("payload").textContent);
const bytes = new Uint8Array(packed.length);
for (let index = 0; index < packed.length; index++) bytes[index] = packed.charCodeAt(index);
const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
const { columns, tables, frames, cells, looks, symbols, causes, snippets, mendings, releases, titles } = JSON.parse(await new Response(stream).text());
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
