// What loads in each release, format by format: small charts of one scale, as typed and with remedies.
const CHART = { wide: 240, high: 92, left: 30, bottom: 20, top: 8 };
// The share of a format that a cell loads, of all that was saved, counted in one pass over the pairs.
const sharesBy = async (view) => {
  const kinds = seenBy(view), ofFormat = FILTERS.format.index;
  const place = (consumer, format) => consumer * tables.format.length + format;
  const sums = slots(place(tables.consumer.length, 0));
  await inSlices(pairs.values(), ([from, to]) => {
    const consumer = consumers[CASES.first[from]];
    for (let one = from; one < to; one++) add(sums, place(consumer, ofFormat[one]), one, kinds);
  });
  return (cell, format) => {
    const { passed, judged } = summed(sums, place(tables.consumer.indexOf(cell), tables.format.indexOf(format)));
    return judged ? passed / judged : null;
  };
};
const chartOf = (format, shareOf) => {
  const { wide, high, left, bottom, top } = CHART;
  const across = (index) => left + (index / Math.max(1, world.releases.length - 1)) * (wide - left - 6);
  const down = (share) => top + (1 - share) * (high - top - bottom);
  const lines = ["remedies", "plain"].map((view) => [view, world.releases.map(({ cell }) => shareOf[view](cell, format))]);
  if (lines.every(([, shares]) => shares.every((share) => share === null))) return null;
  const nodes = [0, 0.5, 1].flatMap((share) => [
    drawn("line", { class: "rule", x1: left, x2: wide - 4, y1: down(share), y2: down(share) }),
    drawn("text", { x: left - 5, y: down(share) + 3.5, "text-anchor": "end" }, `${share * 100}%`),
  ]);
  for (const [view, shares] of lines) {
    let path = "", pen = "M";
    shares.forEach((share, index) => {
      if (share === null) { pen = "M"; return; }
      path += `${pen}${across(index).toFixed(1)} ${down(share).toFixed(1)}`;
      pen = "L";
    });
    nodes.push(drawn("path", { class: `line ${view}`, d: path }));
    shares.forEach((share, index) => { if (share !== null) nodes.push(drawn("circle", { class: `dot ${view}`, cx: across(index).toFixed(1), cy: down(share).toFixed(1), r: 1.8 })); });
  }
  const short = (version) => version.split(".").slice(0, 2).join(".");
  [0, world.releases.length - 1].forEach((index) => nodes.push(drawn("text", { x: across(index), y: high - 5, "text-anchor": index ? "end" : "start" }, short(world.releases[index].version))));
  const shares = lines[1][1].map((share, index) => (share === null ? "" : `${short(world.releases[index].version)} ${Math.round(share * 100)}%`)).filter(Boolean).join(", ");
  const picture = drawn("svg", { class: "chart", viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": `${format}, as typed: ${shares}` }, ...nodes);
  return make("figure", "", make("figcaption", "", make("b", "", format), titles[format] ? make("small", "", ` ${titles[format]}`) : ""), picture);
};
const startPictures = async () => {
  if (world.releases.length < 2) return;
  const shareOf = { plain: await sharesBy("plain"), remedies: await sharesBy("remedies") };
  const charts = [];
  await inSlices(tables.format, (format) => {
    const chart = chartOf(format, shareOf);
    if (chart) charts.push(chart);
  });
  byId("shares-body").replaceChildren(...charts);
  byId("shares").hidden = !charts.length;
};
