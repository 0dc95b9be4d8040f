-- Facts only: what ran, where, and what was seen. Judgements are made from it and never stored.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO meta VALUES ('schema_version', '1');  -- SCHEMA_VERSION of store.py

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  engine TEXT NOT NULL,
  host TEXT NOT NULL,
  probe TEXT NOT NULL,
  arguments TEXT NOT NULL
);

CREATE TABLE cells (
  run INTEGER NOT NULL REFERENCES runs (id),
  cell TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  facts TEXT NOT NULL,
  seconds REAL NOT NULL,
  PRIMARY KEY (run, fingerprint)
);

-- Exceptions repeat by the thousand; each is stored once, by its hash.
CREATE TABLE evidence (digest TEXT PRIMARY KEY, body TEXT NOT NULL);

CREATE TABLE saves (
  key TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES runs (id),
  producer TEXT NOT NULL,
  model TEXT NOT NULL,
  format TEXT NOT NULL,
  observation TEXT NOT NULL,
  evidence TEXT REFERENCES evidence (digest),
  manifest TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  PRIMARY KEY (key, run)
);

CREATE TABLE trials (
  key TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES runs (id),
  artifact TEXT NOT NULL,
  producer TEXT NOT NULL,
  consumer TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  model TEXT NOT NULL,
  format TEXT NOT NULL,
  strategy TEXT NOT NULL,
  engine TEXT NOT NULL,
  observation TEXT NOT NULL,
  evidence TEXT REFERENCES evidence (digest),
  seen_at TEXT NOT NULL,
  PRIMARY KEY (key, run)
);

CREATE TABLE canaries (
  run INTEGER NOT NULL REFERENCES runs (id),
  fingerprint TEXT NOT NULL,
  name TEXT NOT NULL,
  observation TEXT NOT NULL,
  evidence TEXT REFERENCES evidence (digest),
  PRIMARY KEY (run, fingerprint, name)
);
