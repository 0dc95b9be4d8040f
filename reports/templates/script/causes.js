// Causes: where each occurs as a small map, the grid narrowed to it, and all of it as text to paste.
const causeRows = [...document.querySelectorAll("tr[id^='cause-']")].map((row) => ({ row, id: row.id.slice("cause-".length) }));
const MAP = Math.max(2, Math.min(4, Math.round(90 / Math.max(1, tables.consumer.length)))); // pixels a square
const mapOf = (places) => {
  const [wide, high] = [tables.consumer.length * MAP, tables.producer.length * MAP];
  const path = places.map(([row, column]) => `M${column * MAP} ${row * MAP}h${MAP}v${MAP}h-${MAP}z`).join("");
  return drawn("svg", { class: "map", viewBox: `0 0 ${wide} ${high}`, width: wide, height: high, role: "img", "aria-label": "Where it occurs: producers down, consumers across" }, drawn("path", { d: path }));
};
// "2.16 to 2.21", of the releases alone; a gap is not said, for the map shows it.
const spanOf = (ids) => {
  const found = world.releases.filter(({ cell }) => ids.has(cell)).map(({ version }) => version);
  if (!found.length) return "";
  return found.length === 1 ? found[0] : `${found[0]} to ${found.at(-1)}`;
};
const placesOfCauses = async () => {
  const places = new Map();
  await inSlices(pairs, ([pair, [from, to]]) => {
    const place = [producers[CASES.first[from]], consumers[CASES.first[from]]];
    for (let one = from; one < to; one++) {
      const cause = FILTERS.cause.index[one];
      if (cause < 0) continue;
      if (!places.has(cause)) places.set(cause, new Map());
      places.get(cause).set(pair, place);
    }
  });
  return places;
};
const causeAsMarkdown = (row, id) => {
  const [count, , outcomes, pairCount, mended, noneHelps] = [...row.cells].map((cell) => cell.textContent.trim().replace(/\s+/g, " "));
  const { title, explanation, advice, sources } = causes[id];
  const link = `${location.href.split("#")[0]}#cause-${id}`;
  return [`### ${title}`, "", explanation.trim(), "", advice ? `**What to do:** ${advice}\n` : "", `- ${count} results (${outcomes}) in ${pairCount} pairs, ${mended} mended by a remedy, ${noneHelps} by none`, ...sources.map((source) => `- ${source}`), `- ${link}`, ""].join("\n");
};
const tableAsMarkdown = () => ["| Results | Cause | Outcome | Pairs | Mended | None helps |", "|--:|---|---|--:|--:|--:|", ...causeRows.map(({ row, id }) => {
  const words = [...row.cells].map((cell) => cell.textContent.trim().replace(/\s+/g, " "));
  return `| ${words[0]} | ${(causes[id]?.title ?? id).replace(/\|/g, "\\|")} | ${words[2]} | ${words.slice(3, 6).join(" | ")} |`;
})].join("\n");
// The table keeps to what the filters leave; the numbers in it stay those of the whole run.
const narrowCauses = (counted) => {
  const held = FILTER_NAMES.filter((name) => state[name]).map((name) => labelOf(name, state[name]));
  const hasSome = ({ id }) => {
    const index = tables.cause.indexOf(id);
    return index >= 0 && summed(counted.options.cause, index).total > 0 && (!state.cause || state.cause === id);
  };
  const shown = held.length ? causeRows.filter(hasSome) : causeRows;
  for (const each of causeRows) each.row.hidden = !shown.includes(each);
  const note = byId("causes-narrowed");
  note.hidden = !held.length;
  note.textContent = `${shown.length} of ${causeRows.length} causes: those that occur with ${held.join(", ")}. Their numbers are of the whole run.`;
};
const startCauses = async () => {
  const places = await placesOfCauses();
  await inSlices(causeRows, ({ row, id }) => {
    const where = places.get(tables.cause.indexOf(id));
    if (!where || !causes[id]) return;
    const [saving, loading] = [0, 1].map((at) => new Set([...where.values()].map((place) => (at ? tables.consumer : tables.producer)[place[at]])));
    const said = [spanOf(saving) && `saved by ${spanOf(saving)}`, spanOf(loading) && `loaded by ${spanOf(loading)}`].filter(Boolean).join(", ");
    const narrow = make("button", "copy", "Show in the grid");
    narrow.type = "button";
    narrow.setAttribute("aria-label", `Show in the grid: ${causes[id].title}`);
    narrow.addEventListener("click", () => {
      Object.assign(state, { cause: id });
      writeState();
      render();
      byId("grid").scrollIntoView();
      byId("filter-cause").focus({ preventScroll: true });
    });
    row.cells[1].append(make("div", "where", mapOf([...where.values()]), make("div", "", said ? make("p", "soft", said) : "", narrow, " ", copyButton(`as Markdown: ${causes[id].title}`, () => causeAsMarkdown(row, id), "Copy as Markdown"))));
  });
  if (causeRows.length) byId("causes-more").append(copyButton("the table of causes as Markdown", tableAsMarkdown, "Copy the table as Markdown"));
};
