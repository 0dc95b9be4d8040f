// The squares and the filters over them.
const squares = [...document.querySelectorAll(".grid td[id]")].map((cell) => ({ cell, link: cell.firstElementChild }));
const paint = (face, one) => {
  const look = lookOf(one);
  face.className = `face ${face.classList.contains("plain") ? "plain" : "remedies"} look-${look}`;
  face.children[0].textContent = percent(one);
  face.children[1].textContent = looks[look].symbol;
  face.children[2].textContent = ` ${looks[look].word}`;
};
const chosen = (one) =>
  (!state.model || tables.model[one.model] === state.model) && (!state.format || tables.format[one.format] === state.format);
const paintGrid = () => {
  for (const { cell, link } of squares) {
    const some = (pairs.get(cell.id) ?? []).filter(chosen);
    const plain = tally(some, "plain"), remedies = tally(some, "remedies");
    paint(link.children[0], plain);
    paint(link.children[1], remedies);
    const head = link.title.split("\n", 1)[0];
    link.title = `${head}\nplain: ${describe(plain)}\nwith remedies: ${describe(remedies)}`;
  }
};
const fill = (select, names, column, other, otherColumn) => {
  const wanted = state[column];
  const fitting = cases.filter((one) => !other || tables[otherColumn][one[otherColumn]] === other);
  const groups = names.map(() => []);
  for (const one of fitting) groups[one[column]].push(one);
  const options = [["", fitting, `all ${names.length}`], ...names.map((name, index) => [name, groups[index], name])];
  select.replaceChildren(...options.map(([value, some, label]) => {
    const one = tally(some, state.view);
    return new Option(`${label} · ${percent(one) || "–"} of ${one.judged}`, value, false, value === wanted);
  }));
};
const render = ({ grid = true } = {}) => {
  byId(`view-${state.view}`).checked = true;
  fill(byId("filter-model"), tables.model, "model", state.format, "format");
  fill(byId("filter-format"), tables.format, "format", state.model, "model");
  if (grid) paintGrid();
  const one = tally(cases.filter(chosen), state.view);
  byId("counts").textContent =
    `${one.passed} of ${one.judged} judged pass (${percent(one) || "–"}) in ${pairs.size} pairs; ${one.total - one.judged} not judged`;
};

const table = byId("grid-table");
table.addEventListener("click", (event) => {
  const link = event.target.closest("td[id] > a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openPair(link.parentElement.id);
});
// Arrow keys walk the squares, as Tab through hundreds would be no help.
table.addEventListener("keydown", (event) => {
  const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
  const cell = event.target.closest("td");
  if (!step || !cell) return;
  event.preventDefault();
  const rows = [...table.querySelectorAll("tbody tr:not(.era)")];
  let row = rows.indexOf(cell.parentElement), column = cell.cellIndex;
  for (;;) {
    row += step[0];
    column += step[1];
    const next = rows[row]?.cells[column];
    if (!next || column < 1) return;
    if (next.id) { next.firstElementChild.focus(); return; }
  }
});
let crossed = -1;
const cross = (column) => {
  if (column === crossed) return;
  document.querySelectorAll(".crossed").forEach((cell) => cell.classList.remove("crossed"));
  crossed = column;
  if (column < 1) return;
  table.querySelector(`th[data-column="${column - 1}"]`).classList.add("crossed");
  table.querySelectorAll("tbody tr:not(.era)").forEach((row) => row.cells[column].classList.add("crossed"));
};
const crossAt = (event) => cross(event.target.closest("tbody td")?.cellIndex ?? -1);
table.addEventListener("pointerover", crossAt);
table.addEventListener("focusin", crossAt);
table.addEventListener("pointerleave", () => cross(-1));
