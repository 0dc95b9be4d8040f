// Which cause has the error that somebody sees: by the words of the messages that were seen here, rare ones
// weighing more; a word that no message has weighs next to nothing: it is the name of a file or of a layer.
const wordsOf = (message) => new Set(message.toLowerCase().match(/[a-z_][a-z_]{2,}/g) ?? []);
const LIKELY = 0.6, MOST_LIKELY = 5;
let messages = null; // each distinct message with its words and the causes that it was seen with
const readMessages = () => {
  const seen = new Map(), spread = new Map();
  for (let row = 0; row < size; row++) {
    const [reason, cause] = [columns.reason[row], columns.cause[row]];
    if (reason < 0 || cause < 0 || !causes[tables.cause[cause]]) continue;
    if (!seen.has(reason)) {
      const words = wordsOf(tables.reason[reason]);
      seen.set(reason, { words, causes: new Map() });
      for (const word of words) spread.set(word, (spread.get(word) ?? 0) + 1);
    }
    const counts = seen.get(reason).causes;
    counts.set(cause, (counts.get(cause) ?? 0) + 1);
  }
  const weight = (word) => Math.log(1 + seen.size / (spread.get(word) ?? seen.size));
  return { seen: [...seen.values()], weight };
};
const likelyCauses = (pasted) => {
  messages ??= readMessages();
  const given = wordsOf(pasted), best = new Map();
  const heavy = (words) => words.reduce((sum, word) => sum + messages.weight(word), 0);
  const asked = heavy([...given]);
  for (const { words, causes: counts } of messages.seen) {
    const shared = heavy([...words].filter((word) => given.has(word)));
    const score = shared / Math.min(asked, heavy([...words])); // all of the message in the paste, or all of the paste in it
    if (!(score >= LIKELY)) continue;
    for (const [cause, count] of counts) {
      const found = best.get(cause) ?? { cause: tables.cause[cause], score: 0, shared: 0, count: 0 };
      best.set(cause, { ...found, score: Math.max(found.score, score), shared: Math.max(found.shared, shared * score), count: found.count + count });
    }
  }
  return [...best.values()].sort((a, b) => b.shared - a.shared || b.count - a.count).slice(0, MOST_LIKELY);
};
const showCauses = async () => {
  await unpackDetails();
  const pasted = byId("ask-error").value.trim();
  const found = pasted ? likelyCauses(pasted) : [];
  byId("ask-error-says").textContent = !pasted ? "" : found.length ? `Seen here with ${found.length === 1 ? "this cause" : "these causes"}, the likeliest first:` : "No failure of this page says that. The last line of the error is what counts.";
  byId("ask-causes").replaceChildren(...found.map(({ cause, count }) => {
    return make("li", "", causeLink(cause), ` (${count} results). `, make("span", "soft", causes[cause].advice ?? ""));
  }));
};
const startErrors = () => byId("ask-error").addEventListener("input", showCauses);
