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
const FILTERS = {
  model: { values: tables.model, index: indexed((one) => models[CASES.first[one]]) },
  format: { values: tables.format, index: indexed((one) => formats[CASES.first[one]]) },
  cause: { values: tables.cause, index: indexed(ofPlain("cause")), label: (id) => causes[id]?.title ?? id },
  tag: { values: allTags, ofModel: tables.model.map((model) => (tags[model] ?? []).map((tag) => allTags.indexOf(tag))) },
  family: { values: families, index: indexed((one) => familyOf[ofPlain("cause")(one)] ?? -1) },
  outcome: { values: tables.outcome, index: indexed(ofPlain("outcome")) },
  stage: { values: tables.stage, index: indexed(ofPlain("stage")) },
  engine: { values: tables.engine, index: indexed(ofPlain("engine")) },
  change: { values: CHANGES, index: new Int16Array(count).fill(-1) },
};
const FILTER_NAMES = Object.keys(FILTERS);
const labelOf = (name, value) => FILTERS[name].label?.(value) ?? value;
const fits = (filter, one, wanted) => (filter.ofModel ? filter.ofModel[models[CASES.first[one]]].includes(wanted) : filter.index[one] === wanted);

// Rows and columns by name: "tf2.4 tf2.1*"; an empty text is all of them.
const globs = (words) => {
  const patterns = words.trim().split(/[\s,]+/).filter(Boolean).map((word) => new RegExp(`^${word.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".")}$`));
  return (name) => !patterns.length || patterns.some((pattern) => pattern.test(name));
};

const activeFilters = () => FILTER_NAMES.filter((name) => state[name]).map((name) => ({ name, filter: FILTERS[name], wanted: FILTERS[name].values.indexOf(state[name]) }));
const chosen = ({ index }) => activeFilters().every(({ filter, wanted }) => fits(filter, index, wanted));

// The option of a filter counts what all other filters leave; so a case that misses one filter counts there and nowhere else.
const placesOf = ({ ofModel, index }, one) => (ofModel ? ofModel[models[CASES.first[one]]] : index[one] < 0 ? [] : [index[one]]);
const onlyMiss = (active, one) => {
  let missed = null;
  for (const each of active) {
    if (fits(each.filter, one, each.wanted)) continue;
    if (missed) return "several";
    missed = each.name;
  }
  return missed;
};
const recount = () => {
  const active = activeFilters();
  const [hasRow, hasColumn] = [globs(state.rows), globs(state.columns)];
  const here = seenBy(state.view), plain = seenBy("plain"), second = seenBy(state.view === "plain" ? "remedies" : state.view);
  const ofEach = (some) => Object.fromEntries(FILTER_NAMES.map((name) => [name, some(name)]));
  const counted = { all: slots(1), pairs: new Map(), options: ofEach((name) => slots(FILTERS[name].values.length)), totals: ofEach(() => slots(1)) };
  const single = FILTER_NAMES.filter((name) => !FILTERS[name].ofModel).map((name) => [FILTERS[name].index, counted.options[name]]);
  const several = FILTER_NAMES.filter((name) => FILTERS[name].ofModel).map((name) => [FILTERS[name], counted.options[name]]);
  for (const [pair, [from, to]] of pairs) {
    const [producer, consumer] = pair.split("..");
    if (!hasRow(producer) || !hasColumn(consumer)) continue;
    const faces = slots(2);
    counted.pairs.set(pair, faces);
    for (let one = from; one < to; one++) {
      const missed = active.length ? onlyMiss(active, one) : null;
      if (missed === "several") continue;
      if (missed) {
        add(counted.totals[missed], 0, one, here);
        for (const value of placesOf(FILTERS[missed], one)) add(counted.options[missed], value, one, here);
        continue;
      }
      add(faces, 0, one, plain);
      add(faces, 1, one, second);
      const kind = here.kinds[one];
      if (kind < 0) continue;
      const remedied = here.remedied[one];
      counted.all[kind]++;
      counted.all[KINDS] += remedied;
      for (const [index, options] of single) {
        const slot = index[one] * SLOT;
        if (slot < 0) continue;
        options[slot + kind]++;
        options[slot + KINDS] += remedied;
      }
      for (const [filter, options] of several) for (const value of placesOf(filter, one)) add(options, value, one, here);
    }
  }
  for (const name of FILTER_NAMES) counted.all.forEach((number, slot) => { counted.totals[name][slot] += number; });
  return counted;
};
const fill = (name, counted) => {
  const { values } = FILTERS[name];
  const option = (value, title, one) =>
    new Option(`${title} · ${one.judged ? `${percent(one)} of ${one.judged}` : `${one.total} not judged`}`, value, false, value === state[name]);
  const some = values.map((value, index) => [value, summed(counted.options[name], index)]).filter(([value, one]) => value === state[name] || one.total);
  byId(`filter-${name}`).replaceChildren(option("", `all ${some.length}`, summed(counted.totals[name])), ...some.map(([value, one]) => option(value, labelOf(name, value), one)));
};
