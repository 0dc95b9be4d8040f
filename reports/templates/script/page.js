// What happens when: the controls, the fragment, and the first look.
document.querySelectorAll("a.example").forEach((link) => link.addEventListener("click", (event) => {
  event.preventDefault();
  Object.assign(state, { model: "", format: "" });
  render();
  openPair(decodeURIComponent(link.hash.slice(1)), link.dataset.trial);
}));
for (const name of ["model", "format"]) {
  byId(`filter-${name}`).addEventListener("change", (event) => { state[name] = event.target.value; writeState(); render(); });
}
for (const view of ["plain", "remedies"]) {
  byId(`view-${view}`).addEventListener("change", () => { state.view = view; writeState(); render({ grid: false }); });
}
byId("reset").addEventListener("click", () => { Object.assign(state, { model: "", format: "", view: "plain" }); writeState(); render(); });
byId("close").addEventListener("click", () => byId("evidence").close());
byId("evidence").addEventListener("click", (event) => { if (event.target === event.currentTarget && event.offsetX < 0) event.currentTarget.close(); });
byId("evidence").addEventListener("close", () => {
  const link = document.getElementById(state.pair)?.firstElementChild;
  Object.assign(state, { pair: "", trial: "" });
  writeState();
  link?.focus();
});
// A link to a cause, a cell or a finding leads there and leaves the state as it is.
const showPlace = () => {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place?.matches("tr[id], article[id]")) return false;
  place.querySelectorAll("details").forEach((each) => { each.open = true; });
  place.scrollIntoView({ block: "center" });
  return document.documentElement.dataset.ready === "yes";
};
const follow = () => {
  if (showPlace()) return;
  readState();
  showAnswer();
  render({ grid: Boolean(state.model || state.format) || document.documentElement.dataset.ready === "yes" });
  if (state.pair) openEvidence();
};
window.addEventListener("hashchange", follow);
byId("filters").hidden = false;
startAsking();
follow();
document.documentElement.dataset.ready = "yes";
