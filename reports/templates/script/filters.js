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
const recount = () => {
  const active = activeFilters();
  const [hasRow, hasColumn] = [globs(state.rows), globs(state.columns)];
  const here = seenBy(state.view), plain = seenBy("plain"), second = seenBy(state.view === "plain" ? "remedies" : state.view);
  const counted = { all: slots(1), pairs: new Map(), options: {}, totals: {} };
  const counters = FILTER_NAMES.map((name) => {
    const { values, index, ofModel } = FILTERS[name];
    const options = (counted.options[name] = slots(values.length)), total = (counted.totals[name] = slots(1));
    return (one) => {
      add(total, 0, one, here);
      if (!ofModel) { if (index[one] >= 0) add(options, index[one], one, here); return; }
      for (const value of ofModel[models[CASES.first[one]]]) add(options, value, one, here);
    };
  });
  for (const [pair, [from, to]] of pairs) {
    const [producer, consumer] = pair.split("..");
    if (!hasRow(producer) || !hasColumn(consumer)) continue;
    const faces = slots(2);
    counted.pairs.set(pair, faces);
    for (let one = from; one < to; one++) {
      let misses = 0, missed = "";
      for (const { name, filter, wanted } of active) if (!fits(filter, one, wanted)) { misses++; missed = name; if (misses > 1) break; }
      if (misses > 1) continue;
      if (misses) { counters[FILTER_NAMES.indexOf(missed)](one); continue; }
      add(faces, 0, one, plain);
      add(faces, 1, one, second);
      add(counted.all, 0, one, here);
      for (const counter of counters) counter(one);
    }
  }
  return counted;
};
const fill = (name, counted) => {
  const { values } = FILTERS[name];
  const option = (value, title, one) =>
    new Option(`${title} · ${one.judged ? `${percent(one)} of ${one.judged}` : `${one.total} not judged`}`, value, false, value === state[name]);
  const some = values.map((value, index) => [value, summed(counted.options[name], index)]).filter(([value, one]) => value === state[name] || one.total);
  byId(`filter-${name}`).replaceChildren(option("", `all ${some.length}`, summed(counted.totals[name])), ...some.map(([value, one]) => option(value, labelOf(name, value), one)));
};
