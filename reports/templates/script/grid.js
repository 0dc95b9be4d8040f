// The squares, and how the view and the filters paint them.
const table = byId("grid-table");
const heads = [...table.querySelectorAll("th[data-column]")];
const squares = [...document.querySelectorAll(".grid td[id]")].map((cell) => ({ cell, link: cell.firstElementChild, row: cell.parentElement, head: heads[cell.cellIndex - 1] }));
// What is in view of rows and columns: its squares are painted at once, all others in the moments after.
const inView = new Set();
const watcher = new IntersectionObserver((seen) => seen.forEach(({ target, isIntersecting }) => inView[isIntersecting ? "add" : "delete"](target)));
[...heads, ...table.querySelectorAll("tbody tr")].forEach((each) => watcher.observe(each));
const paint = (face, one) => {
  const look = lookOf(one), share = percent(one);
  if (face.dataset.shown === `${look} ${share}`) return;
  face.dataset.shown = `${look} ${share}`;
  face.className = `face ${face.classList.contains("plain") ? "plain" : "remedies"} look-${look}`;
  if (one.judged) face.dataset.tenth = Math.min(9, Math.floor((10 * one.passed) / one.judged));
  else delete face.dataset.tenth;
  face.textContent = share;
};
const NEVER = summed(slots(1));
const facesOf = (counted, cell) => [0, 1].map((slot) => (counted.pairs.has(cell.id) ? summed(counted.pairs.get(cell.id), slot) : NEVER));
const paintSquares = (counted, some) => {
  for (const { cell, link } of some) {
    const [plain, other] = facesOf(counted, cell);
    paint(link.children[state.view === "plain" ? 0 : 1], state.view === "plain" ? plain : other); // the other is not shown
    cell.classList.toggle("left-out", counted.pairs.has(cell.id) && !plain.total && !other.total);
  }
};
// What a pointer that rests on a square is told.
const titleGrid = (counted) => {
  const second = SECOND[besides()];
  for (const { cell, link } of squares) {
    const [plain, other] = facesOf(counted, cell);
    link.title = `${link.title.split("\n", 1)[0]}\nplain: ${describe(plain)}\n${second}: ${second === SECOND.promises && !other.total ? "nothing" : describe(other)}`;
  }
  table.dataset.titles = "new";
};
// What can wait is done step by step, a few milliseconds at a time, and dropped when something newer is asked for.
let waiting = 0;
const inTurns = (steps) => {
  drop(waiting);
  const next = () => {
    const began = performance.now();
    while (performance.now() - began < SLICE_MS) if (steps.next().done) return;
    waiting = whenIdle(next);
  };
  waiting = whenIdle(next);
};
const AT_ONCE = 100;
const isInView = ({ row, head }) => inView.has(row) && inView.has(head);
function* paintOthers(counted, others) {
  for (let from = 0; from < others.length; from += AT_ONCE) {
    paintSquares(counted, others.slice(from, from + AT_ONCE));
    yield;
  }
}
function* fillOptions() {
  const counted = yield* countOptions();
  for (const name of FILTER_NAMES) {
    fill(name, counted);
    yield;
  }
  narrowCauses(counted);
  yield;
  seenBy(besides()); // the next filter counts by it
  table.dataset.squares = "new";
}
function* afterGrid(counted, others) {
  yield* paintOthers(counted, others);
  yield* fillOptions();
  titleGrid(counted);
}
const SECOND = { remedies: "with remedies", promises: "promised", trainable: "trains on" };
// The row and column picker hides what is not named; a title over columns is as wide as what is left of it.
const pick = () => {
  const [hasRow, hasColumn] = [globs(state.rows), globs(state.columns)];
  const shown = heads.map((head) => hasColumn(head.textContent));
  heads.forEach((head, index) => { head.hidden = !shown[index]; });
  let from = 0;
  for (const era of table.querySelectorAll(".eras th[data-span]")) {
    const wide = shown.slice(from, from + Number(era.dataset.span)).filter(Boolean).length;
    from += Number(era.dataset.span);
    era.hidden = !wide;
    era.colSpan = Math.max(1, wide);
  }
  for (const body of table.tBodies) {
    let any = false;
    for (const row of body.rows) {
      if (row.classList.contains("era")) continue;
      row.hidden = !hasRow(row.cells[0].textContent);
      any ||= !row.hidden;
      shown.forEach((show, index) => { row.cells[index + 1].hidden = !show; });
    }
    body.rows[0].hidden = !any;
  }
};
const MORE = ["tag", "family", "outcome", "stage", "engine", "change", "rows", "columns"];
let picked = "\n";
// Without `grid` the squares stay as they are: the page was served with those of the first two views.
const render = ({ grid = true } = {}) => {
  byId(`view-${state.view}`).checked = true;
  table.classList.toggle("beside", state.view !== "plain");
  FILTER_NAMES.forEach(choose);
  for (const name of ["rows", "columns"]) if (byId(`pick-${name}`).value !== state[name]) byId(`pick-${name}`).value = state[name];
  if (`${state.rows}\n${state.columns}` !== picked) { pick(); picked = `${state.rows}\n${state.columns}`; }
  document.querySelector(".filters .more").open ||= MORE.some((name) => state[name]);
  table.dataset.squares = "old";
  if (!grid) {
    inTurns(fillOptions());
    if (state.view !== "plain") sayCounts(countSquares()); // those of the plain view were served
    return;
  }
  table.dataset.titles = "old";
  const counted = countSquares();
  sayCounts(counted);
  paintSquares(counted, squares.filter(isInView));
  inTurns(afterGrid(counted, squares.filter((square) => !isInView(square))));
};

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
    if (next.id && !next.hidden && !rows[row].hidden) { next.firstElementChild.focus(); return; }
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
