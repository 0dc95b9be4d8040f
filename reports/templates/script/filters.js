// Filters: every case has one value for each (a model has several tags), and all counts come from one pass over the cases.
const families = [...new Set(tables.cause.map((id) => causes[id]?.family ?? "unexplained"))];
const allTags = [...new Set(Object.values(tags).flat())].sort();
const CHANGES = ["regressed", "fixed", "new", "same"];
const ofPlain = (name) => (one) => (one.plain < 0 ? -1 : columns[name][one.plain]);
const familyOf = tables.cause.map((id) => families.indexOf(causes[id]?.family ?? "unexplained"));
const valued = (values, of, label = (value) => value) => ({ values, label, index: Int32Array.from(cases, of) });
const FILTERS = {
  model: valued(tables.model, (one) => one.model),
  format: valued(tables.format, (one) => one.format),
  cause: valued(tables.cause, ofPlain("cause"), (id) => causes[id]?.title ?? id),
  tag: { values: allTags, label: (tag) => tag, ofModel: tables.model.map((model) => (tags[model] ?? []).map((tag) => allTags.indexOf(tag))) },
  family: valued(families, (one) => familyOf[ofPlain("cause")(one)] ?? -1),
  outcome: valued(tables.outcome, ofPlain("outcome")),
  stage: valued(tables.stage, ofPlain("stage")),
  engine: valued(tables.engine, ofPlain("engine")),
  change: valued(CHANGES, () => -1),
};
const FILTER_NAMES = Object.keys(FILTERS);
const valuesOf = (filter, one) => (filter.ofModel ? filter.ofModel[one.model] : [filter.index[one.index]]);
const fits = (filter, one, wanted) => (filter.ofModel ? filter.ofModel[one.model].includes(wanted) : filter.index[one.index] === wanted);

// Rows and columns by name: "tf2.4 tf2.1*"; an empty text is all of them.
const globs = (words) => {
  const patterns = words.trim().split(/[\s,]+/).filter(Boolean).map((word) => new RegExp(`^${word.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".")}$`));
  return (name) => !patterns.length || patterns.some((pattern) => pattern.test(name));
};

const activeFilters = () => FILTER_NAMES.filter((name) => state[name]).map((name) => ({ name, filter: FILTERS[name], wanted: FILTERS[name].values.indexOf(state[name]) }));
const chosen = (one) => activeFilters().every(({ filter, wanted }) => fits(filter, one, wanted));

// The option of a filter counts what all other filters leave; so a case that misses one filter counts there and nowhere else.
const recount = () => {
  const active = activeFilters();
  const [hasRow, hasColumn] = [globs(state.rows), globs(state.columns)];
  const second = state.view === "plain" ? "remedies" : state.view;
  const counted = { all: nothing(), pairs: new Map(), options: {}, totals: {} };
  for (const name of FILTER_NAMES) {
    counted.options[name] = FILTERS[name].values.map(nothing);
    counted.totals[name] = nothing();
  }
  const count = (name, one) => {
    add(counted.totals[name], one, state.view);
    for (const value of valuesOf(FILTERS[name], one)) if (value >= 0) add(counted.options[name][value], one, state.view);
  };
  for (const [pair, some] of pairs) {
    const [producer, consumer] = pair.split("..");
    if (!hasRow(producer) || !hasColumn(consumer)) continue;
    const faces = { plain: nothing(), second: nothing() };
    counted.pairs.set(pair, faces);
    for (const one of some) {
      let misses = 0, missed = "";
      for (const { name, filter, wanted } of active) if (!fits(filter, one, wanted)) { misses++; missed = name; if (misses > 1) break; }
      if (misses > 1) continue;
      if (misses) { count(missed, one); continue; }
      add(faces.plain, one, "plain");
      add(faces.second, one, second);
      add(counted.all, one, state.view);
      for (const name of FILTER_NAMES) count(name, one);
    }
  }
  return counted;
};
const fill = (name, counted) => {
  const { values, label } = FILTERS[name];
  const option = (value, title, sum) => {
    const one = summed(sum);
    return new Option(`${title} · ${one.judged ? `${percent(one)} of ${one.judged}` : `${one.total} not judged`}`, value, false, value === state[name]);
  };
  const some = values.map((value, index) => [value, counted.options[name][index]]).filter(([value, sum]) => value === state[name] || summed(sum).total);
  byId(`filter-${name}`).replaceChildren(option("", `all ${some.length}`, counted.totals[name]), ...some.map(([value, sum]) => option(value, label(value), sum)));
};
