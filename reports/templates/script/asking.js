// "Saved with …, as …: does it load in …?", answered from the results alone; pure, no document in here.
//
// A `world` has `cases(producer, consumer, format)`, each { model, plain, best, strategy, ranIn, grade, cause }, where
// `plain` and `best` are outcomes; `effort(format, strategy)`, a number; `consumers` and `formats` in the order of the page; and `releases`, each
// { cell, version }, the oldest first.
const JUDGED_OUTCOMES = new Set(["pass", "drift", "load-error", "crash", "timeout"]);
const MOST_HOLES = 3; // a specifier with more exclusions than this is not one that a person would write

const ranked = (names) => {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
};

const summary = (cases) => {
  const judged = cases.filter((one) => JUDGED_OUTCOMES.has(one.plain));
  const plain = judged.filter((one) => one.plain === "pass");
  const mended = judged.filter((one) => one.plain !== "pass" && one.best === "pass");
  const left = judged.filter((one) => one.best !== "pass");
  return { judged, plain, mended, left, unjudged: cases.filter((one) => !JUDGED_OUTCOMES.has(one.plain)) };
};

// The least effort first: in the order in which they are tried, and another environment last.
const remediesOf = (mended, effort) => {
  const groups = new Map();
  for (const one of mended) {
    const name = `${one.strategy} ${one.ranIn}`;
    if (!groups.has(name)) groups.set(name, { strategy: one.strategy, ranIn: one.ranIn, models: [], of: [] });
    groups.get(name).models.push(one.model);
    groups.get(name).of.push(one.grade);
  }
  return [...groups.values()]
    .map(({ of, ...remedy }) => ({ ...remedy, grades: ranked(of.filter(Boolean)) }))
    .sort((a, b) => effort(a) - effort(b) || b.models.length - a.models.length);
};

// Where else the models go that load here in no way: the same files in another cell, or the same models as another format.
const bestPlace = (places, left) => {
  const wanted = new Set(left.map((one) => one.model));
  let best = null;
  for (const place of places) {
    const { judged, plain, mended } = summary(place.cases);
    const count = (some) => some.filter((one) => wanted.has(one.model)).length;
    const found = { ...place, plain: count(plain), mended: count(mended), all: plain.length, judged: judged.length };
    if (!found.plain && !found.mended) continue;
    if (!best || (found.plain - best.plain || found.mended - best.mended || found.all - best.all) > 0) best = found;
  }
  return best;
};

const minorOf = (version) => Number(version.split(".")[1]);
const inWords = (minors) => {
  const runs = [];
  for (const minor of minors) {
    const last = runs.at(-1);
    if (last && last[1] === minor - 1) last[1] = minor;
    else runs.push([minor, minor]);
  }
  return runs.map(([from, to]) => (from === to ? `2.${from}` : `2.${from} to 2.${to}`)).join(", ");
};

// A PEP 440 specifier whose bounds and exclusions were measured; `measured` is the oldest first.
const specifier = (measured) => {
  const first = measured.findIndex((one) => one.loads), last = measured.findLastIndex((one) => one.loads);
  if (first < 0) return null;
  let span = measured.slice(first, last + 1);
  const holes = span.filter((one) => !one.loads).length;
  if (holes > MOST_HOLES || holes * 2 > span.length) {
    const runs = [];
    measured.forEach((one, index) => {
      if (!one.loads) return;
      if (index && measured[index - 1].loads) runs.at(-1).push(one);
      else runs.push([one]);
    });
    span = runs.reduce((best, run) => (run.length >= best.length ? run : best));
  }
  const loading = span.filter((one) => one.loads).map((one) => one.version);
  const bounds = loading.length === 1 ? [`==${loading[0]}`] : [`>=${loading[0]}`, `<=${loading.at(-1)}`];
  const without = span.filter((one) => !one.loads).map((one) => `!=2.${minorOf(one.version)}.*`);
  const known = new Set(span.map((one) => minorOf(one.version)));
  const inferred = [];
  for (let minor = minorOf(loading[0]); minor < minorOf(loading.at(-1)); minor++) if (!known.has(minor)) inferred.push(minor);
  return {
    text: `tensorflow${[...bounds, ...without].join(",")}`,
    measured: loading,
    others: measured.filter((one) => one.loads && !span.includes(one)).map((one) => one.version),
    inferred: inWords(inferred),
  };
};

// Some models load as typed in no release, as they need the user's own classes: they say nothing of a release.
const verdict = (world, producer, format) => {
  const tried = world.releases
    .map((release) => ({ ...release, ...summary(world.cases(producer, release.cell, format)) }))
    .filter((release) => release.judged.length);
  const modelsOf = (kind) => new Set(tried.flatMap((release) => release[kind].map((one) => one.model)));
  const judged = modelsOf("judged"), plain = modelsOf("plain"), loading = new Set([...plain, ...modelsOf("mended")]);
  const where = (wanted, passes) =>
    specifier(tried.map((release) => ({ version: release.version, loads: wanted.size > 0 && release.judged.every((one) => !wanted.has(one.model) || passes(one)) })));
  return {
    tried: tried.length,
    models: judged.size,
    plain: { models: plain.size, specifier: where(plain, (one) => one.plain === "pass") },
    withRemedies: { models: loading.size, specifier: where(loading, (one) => one.best === "pass") },
  };
};

const answer = (world, { producer, format, consumer }) => {
  const cases = world.cases(producer, consumer, format);
  const counted = summary(cases);
  const { judged, plain, mended, left } = counted;
  const elsewhere = world.consumers.filter((cell) => cell !== consumer && cell !== producer).map((cell) => ({ cell, cases: world.cases(producer, cell, format) }));
  const otherwise = world.formats.filter((each) => each !== format).map((each) => ({ format: each, cases: world.cases(producer, consumer, each) }));
  return {
    ...counted,
    verdict: verdict(world, producer, format),
    says: !judged.length ? "unknown" : plain.length === judged.length ? "yes" : !left.length ? "remedy" : plain.length + mended.length ? "depends" : "no",
    causes: ranked([...mended, ...left].map((one) => one.cause || "unexplained")),
    remedies: remediesOf(mended, ({ strategy, ranIn }) => (ranIn ? Infinity : world.effort(format, strategy))),
    elsewhere: left.length ? bestPlace(elsewhere, left) : null,
    otherwise: left.length ? bestPlace(otherwise, left) : null,
  };
};
