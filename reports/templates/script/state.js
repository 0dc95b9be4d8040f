// State lives in the fragment:
// #producer..consumer&view=remedies&model=…&cause=…&rows=tf2.1*&trial=model/format&ask=producer..format..consumer..kind
const START = { pair: "", trial: "", view: "plain", ...Object.fromEntries(FILTER_NAMES.map((name) => [name, ""])), rows: "", columns: "", ask: "" };
const state = { ...START };
const KNOWN = {
  view: (value) => value in VIEWS,
  ...Object.fromEntries(FILTER_NAMES.map((name) => [name, (value) => FILTERS[name].values.includes(value)])),
  rows: () => true,
  columns: () => true,
  trial: () => true,
  ask: (value) => isQuestion(value),
};
const isQuestion = (value) => {
  const [producer, format, consumer, tag, ...rest] = value.split("..");
  return !rest.length && (tag === undefined || allTags.includes(tag)) && tables.producer.includes(producer) && tables.format.includes(format) && tables.consumer.includes(consumer);
};
// Reads the fragment; returns the parts of it that name what this page does not have.
const readState = () => {
  Object.assign(state, START);
  const strange = [];
  for (const part of location.hash.slice(1).split("&")) {
    const [name, value] = part.split("=", 2);
    let plainText = "";
    try { plainText = decodeURIComponent(value ?? name); } catch { continue; }
    if (value === undefined) {
      state.pair = pairs.has(plainText) ? plainText : "";
      if (plainText && !state.pair && !document.getElementById(plainText)) strange.push(plainText);
    } else if (KNOWN[name]?.(plainText)) state[name] = plainText;
    else strange.push(`${name} ${plainText}`);
  }
  return strange;
};
const fragment = (wanted) => {
  const parts = wanted.pair ? [encodeURIComponent(wanted.pair)] : [];
  for (const name of Object.keys(KNOWN)) if (wanted[name] && wanted[name] !== START[name]) parts.push(`${name}=${encodeURIComponent(wanted[name])}`);
  return parts.length ? `#${parts.join("&")}` : "";
};
// A choice is a step to go back from; text that is being typed is not.
const writeState = ({ step = true } = {}) => {
  if (fragment(state) === location.hash) return;
  history[step ? "pushState" : "replaceState"](null, "", fragment(state) || location.pathname + location.search);
};
