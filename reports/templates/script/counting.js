// The results, unpacked, and how they are counted; grid.py counts the same way, and a test compares the two.
const byId = (id) => document.getElementById(id);
const packed = atob(byId("payload").textContent);
const bytes = new Uint8Array(packed.length);
for (let index = 0; index < packed.length; index++) bytes[index] = packed.charCodeAt(index);
const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
const { columns, tables, frames, cells, looks, symbols, causes, snippets, mendings, releases, titles, packages, tags, rules, baseline } = JSON.parse(await new Response(stream).text());
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
const trains = (row) => ["whole", "trainable"].includes(text("grade", row));
const same = (a, b) => formats[a] === formats[b] && models[a] === models[b] && consumers[a] === consumers[b] && producers[a] === producers[b];
for (let first = 0; first < size;) {
  let end = first + 1;
  while (end < size && same(first, end)) end++;
  let plain = -1, best = -1;
  for (let row = first; row < end && plain < 0; row++) if (columns.plain[row]) plain = row;
  for (let row = first; row < end && plain < 0; row++) if ([UNSUPPORTED, BLOCKED].includes(columns.outcome[row])) plain = row;
  const score = (row) => rank[columns.outcome[row]] * 2 + (row === plain ? 0 : 1);
  for (let row = first; row < end; row++) if (best < 0 || score(row) < score(best)) best = row;
  // The best row that trains on, and the row that the documentation promises (both -1: none).
  let trained = -1;
  for (let row = first; row < end; row++) if (trained < 0 && trains(row) && columns.outcome[row] === PASS) trained = row;
  const promised = plain >= 0 && text("promise", plain) === "promised" ? plain : -1;
  const found = { index: cases.length, first, end, plain, best, trained, promised, model: columns.model[first], format: columns.format[first] };
  const pair = `${text("producer", first)}..${text("consumer", first)}`;
  if (!pairs.has(pair)) pairs.set(pair, []);
  found.pair = pair;
  pairs.get(pair).push(found);
  cases.push(found);
  first = end;
}

// Views: which row of a case counts. What passes and is good for inference alone has no place among the outcomes.
const INFERENCE = outcomeIds.length;
const KINDS = outcomeIds.length + 1;
const VIEWS = {
  plain: (one) => one.plain,
  remedies: (one) => one.best,
  promises: (one) => one.promised,
  trainable: (one) => (one.trained >= 0 ? one.trained : one.best),
};
const nothing = () => ({ counts: new Array(KINDS).fill(0), remedied: 0 });
const add = (sum, one, view) => {
  const row = VIEWS[view](one);
  if (row < 0) return;
  const outcome = columns.outcome[row];
  sum.counts[view === "trainable" && outcome === PASS && one.trained < 0 ? INFERENCE : outcome]++;
  if (outcome === PASS && row !== one.plain) sum.remedied++;
};
const summed = ({ counts, remedied }) => {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const judged = counts.reduce((sum, count, index) => sum + (index === INFERENCE || isJudged[index] ? count : 0), 0);
  return { counts, total, judged, passed: counts[PASS], remedied };
};
const tally = (some, view) => {
  const sum = nothing();
  for (const one of some) add(sum, one, view);
  return summed(sum);
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
  const counts = one.counts.map((count, index) => (count ? `${outcomeIds[index] ?? "inference only"} ${count}` : "")).filter(Boolean).join(", ");
  return `${looks[lookOf(one)].word}, ${percent(one) || "no share"} (${counts || "nothing tried"})`;
};
