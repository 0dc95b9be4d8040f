// What happens when: the controls, the fragment, and the first look.
const NO_FILTER = Object.fromEntries([...FILTER_NAMES, "rows", "columns"].map((name) => [name, ""]));
document.querySelectorAll("a.example").forEach((link) => link.addEventListener("click", (event) => {
  event.preventDefault();
  Object.assign(state, NO_FILTER);
  render();
  openPair(decodeURIComponent(link.hash.slice(1)), link.dataset.trial);
}));
for (const name of FILTER_NAMES) {
  byId(`filter-${name}`).addEventListener("change", (event) => { state[name] = event.target.value; writeState(); render(); });
}
for (const name of ["rows", "columns"]) {
  byId(`pick-${name}`).addEventListener("input", (event) => { state[name] = event.target.value; writeState({ step: false }); render(); });
}
for (const view of Object.keys(VIEWS)) {
  byId(`view-${view}`).addEventListener("change", () => { state.view = view; writeState(); render(); });
}
byId("reset").addEventListener("click", () => { Object.assign(state, NO_FILTER, { view: "plain" }); writeState(); render(); });
byId("close").addEventListener("click", () => byId("evidence").close());
byId("evidence").addEventListener("click", (event) => { if (event.target === event.currentTarget && event.offsetX < 0) event.currentTarget.close(); });
byId("evidence").addEventListener("close", () => {
  document.documentElement.classList.remove("covered");
  if (!state.pair) return; // left by the address, which says already where to be
  const link = document.getElementById(state.pair)?.firstElementChild;
  Object.assign(state, { pair: "", trial: "" });
  writeState();
  link?.focus();
});
// A link to a cause, a cell or a finding leads there and leaves the state as it is.
const showPlace = () => {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place?.matches("tr[id], article[id]")) return false;
  Object.assign(state, { pair: "", trial: "" });
  byId("evidence").close();
  showBelow();
  place.querySelectorAll("details").forEach((each) => { each.open = true; });
  place.scrollIntoView({ block: "center" });
  return "ready" in document.documentElement.dataset;
};
const follow = () => {
  if (showPlace()) return;
  const strange = readState();
  byId("strange").hidden = !strange.length;
  byId("strange").textContent = strange.length ? `The link that you followed asks for what this page does not have: ${strange.join("; ")}. Here is the rest of it.` : "";
  showAnswer();
  const asServed = ["plain", "remedies"].includes(state.view) && !Object.keys(NO_FILTER).some((name) => state[name]);
  render({ grid: !asServed || "ready" in document.documentElement.dataset });
  if (state.pair) openEvidence();
  else byId("evidence").close();
};
window.addEventListener("popstate", follow); // back, forward, and links within the page
byId("filters").hidden = false;
document.querySelectorAll(".views .scripted").forEach((each) => { each.hidden = false; });
startAsking();
startChanges();
const asksForChange = location.hash.includes("change=");
if (asksForChange) await compareWithBaseline();
follow();
document.documentElement.dataset.ready = "yes";
// What is further down, and what an opened square shows: the page answers first, and in between.
requestAnimationFrame(() => whenIdle(async () => {
  await startCauses();
  await startPictures();
  for (const section of document.querySelectorAll("main > section")) {
    section.classList.add("shown");
    await moment();
  }
  showBelow();
  await unpackDetails();
  if (baseline && !asksForChange) {
    await compareWithBaseline();
    render({ grid: table.dataset.squares !== "new" });
  }
  while (table.dataset.squares !== "new") await moment();
  document.documentElement.dataset.ready = "drawn";
}));
