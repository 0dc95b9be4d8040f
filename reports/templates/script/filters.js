// Filters: every case has one value for each (a model has several tags), and all counts come from one pass over the cases.
const families = [...new Set(tables.cause.map((id) => causes[id]?.family ?? "unexplained"))];
const allTags = [...new Set(Object.values(tags).flat())].sort();
const CHANGES = ["regressed", "fixed", "new", "same"];
const indexed = (of) => {
  const index = new Int16Array(count);
  for (let one = 0; one < count; one++) index[one] = of(one);
  return index;
};
const ofPlain = (name) => (one) => (CASES.plain[one] < 0 ? -1 : columns[name][CASES.plain[one]]);
const familyOf = tables.cause.map((id) => families.indexOf(causes[id]?.family ?? "unexplained"));
// `index` has the value of every case; it is made when it is first asked for, which for most filters is after the page answers.
const filterOf = (values, of, label) => {
  let index = null;
  return { values, label, get index() { return (index ??= indexed(of)); }, set index(other) { index = other; } };
};
const FILTERS = {
  model: filterOf(tables.model, (one) => models[CASES.first[one]]),
  format: filterOf(tables.format, (one) => formats[CASES.first[one]]),
  cause: filterOf(tables.cause, ofPlain("cause"), (id) => causes[id]?.title ?? id),
  tag: { values: allTags, ofModel: tables.model.map((model) => (tags[model] ?? []).map((tag) => allTags.indexOf(tag))) },
  family: filterOf(families, (one) => familyOf[ofPlain("cause")(one)] ?? -1),
  outcome: filterOf(tables.outcome, ofPlain("outcome")),
  stage: filterOf(tables.stage, ofPlain("stage")),
  engine: filterOf(tables.engine, ofPlain("engine")),
  change: filterOf(CHANGES, () => -1),
};
const FILTER_NAMES = Object.keys(FILTERS);
const labelOf = (name, value) => FILTERS[name].label?.(value) ?? value;
const fits = ({ ofModel, index, wanted }, one) => (ofModel ? ofModel[models[CASES.first[one]]].includes(wanted) : index[one] === wanted);

// Rows and columns by name: "tf2.4 tf2.1*"; an empty text is all of them.
const globs = (words) => {
  const patterns = words.trim().split(/[\s,]+/).filter(Boolean).map((word) => new RegExp(`^${word.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".")}$`));
  return (name) => !patterns.length || patterns.some((pattern) => pattern.test(name));
};

const activeFilters = () => FILTER_NAMES.filter((name) => state[name]).map((name) => {
  const { values, ofModel, index } = FILTERS[name];
  return { name, ofModel, index, wanted: values.indexOf(state[name]) };
});
const chosen = ({ index }) => activeFilters().every((each) => fits(each, index));

// The option of a filter counts what all other filters leave; so a case that misses one filter counts there and nowhere else.
const placesOf = ({ ofModel, index }, one) => (ofModel ? ofModel[models[CASES.first[one]]] : index[one] < 0 ? [] : [index[one]]);
const onlyMiss = (active, one) => {
  let missed = null;
  for (const each of active) {
    if (fits(each, one)) continue;
    if (missed) return "several";
    missed = each.name;
  }
  return missed;
};
// Every pair that rows and columns leave, with its cases, from and to before.
const pairsHere = () => {
  const [hasRow, hasColumn] = [globs(state.rows), globs(state.columns)];
  return [...pairs].filter(([pair]) => {
    const [producer, consumer] = pair.split("..");
    return hasRow(producer) && hasColumn(consumer);
  });
};
// The other half of a square's title: what the view counts, or what remedies would add to the plain one.
const besides = () => (state.view === "plain" ? "remedies" : state.view);
// What the squares and the line above them say: the cases that all filters leave. It is asked for with every filter.
const countSquares = () => {
  const active = activeFilters();
  const here = seenBy(state.view), plain = seenBy("plain"), second = seenBy(besides());
  const counted = { all: slots(1), pairs: new Map() };
  for (const [pair, [from, to]] of pairsHere()) {
    const faces = slots(2);
    counted.pairs.set(pair, faces);
    for (let one = from; one < to; one++) {
      if (active.length && onlyMiss(active, one)) continue;
      add(faces, 0, one, plain);
      add(faces, 1, one, second);
      add(counted.all, 0, one, here);
    }
  }
  return counted;
};
const VERBS = { plain: "judged pass", remedies: "judged pass with the best remedy", promises: "promised load", trainable: "judged train on" };
const sayCounts = (counted) => {
  const one = summed(counted.all);
  byId("counts").textContent =
    `${one.passed} of ${one.judged} ${VERBS[state.view]} (${percent(one) || "–"}) in ${counted.pairs.size} pairs; ${one.total - one.judged} not judged`;
};
const STEP = 20; // pairs
// What the options of the filters would leave, counted step by step: nobody sees them before the squares.
function* countOptions() {
  const active = activeFilters();
  const here = seenBy(state.view);
  const ofEach = (some) => Object.fromEntries(FILTER_NAMES.map((name) => [name, some(name)]));
  const counted = { options: ofEach((name) => slots(FILTERS[name].values.length)), totals: ofEach(() => slots(1)) };
  const single = [];
  for (const name of FILTER_NAMES.filter((each) => !FILTERS[each].ofModel)) {
    single.push([FILTERS[name].index, counted.options[name]]);
    yield;
  }
  const several = FILTER_NAMES.filter((name) => FILTERS[name].ofModel).map((name) => [FILTERS[name], counted.options[name]]);
  const all = slots(1);
  for (const [at, [, [from, to]]] of pairsHere().entries()) {
    if (at % STEP === 0) yield;
    for (let one = from; one < to; one++) {
      const kind = here.kinds[one];
      if (kind < 0) continue;
      const missed = active.length ? onlyMiss(active, one) : null;
      if (missed === "several") continue;
      if (missed) {
        add(counted.totals[missed], 0, one, here);
        for (const value of placesOf(FILTERS[missed], one)) add(counted.options[missed], value, one, here);
        continue;
      }
      add(all, 0, one, here);
      const remedied = here.remedied[one];
      for (const [index, options] of single) {
        const slot = index[one] * SLOT;
        if (slot < 0) continue;
        options[slot + kind]++;
        options[slot + KINDS] += remedied;
      }
      for (const [filter, options] of several) for (const value of placesOf(filter, one)) add(options, value, one, here);
    }
  }
  for (const name of FILTER_NAMES) all.forEach((number, slot) => { counted.totals[name][slot] += number; });
  return counted;
}
// The choice of a filter stands at once, its options with their counts a moment later.
const choose = (name) => {
  const select = byId(`filter-${name}`);
  if (select.value === state[name]) return;
  select.value = state[name];
  if (select.value !== state[name]) select.append(new Option(labelOf(name, state[name]), state[name], true, true));
};
const fill = (name, counted) => {
  const { values } = FILTERS[name];
  const option = (value, title, one) =>
    new Option(`${title} · ${one.judged ? `${percent(one)} of ${one.judged}` : `${one.total} not judged`}`, value, false, value === state[name]);
  const some = values.map((value, index) => [value, summed(counted.options[name], index)]).filter(([value, one]) => value === state[name] || one.total);
  byId(`filter-${name}`).replaceChildren(option("", `all ${some.length}`, summed(counted.totals[name])), ...some.map(([value, one]) => option(value, labelOf(name, value), one)));
};
