"""A hash table read from a vocabulary file, and a file that is read when asked: assets beside the graph."""

import io

VOCABULARY = "vocabulary.txt"
NOTICE = "notice.txt"


def _write(path, lines):
    with io.open(path, "w", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")


def build(tf):
    _write(VOCABULARY, ["cell", "engine", "format"])
    _write(NOTICE, ["read from an asset"])

    class Vocabulary(tf.Module):
        __module__ = "__main__"

        def __init__(self):
            super().__init__()
            file_index = tf.lookup.TextFileIndex
            entries = tf.lookup.TextFileInitializer(
                VOCABULARY, tf.string, file_index.WHOLE_LINE, tf.int64, file_index.LINE_NUMBER
            )
            self.table = tf.lookup.StaticHashTable(entries, default_value=3)
            self.notice = tf.saved_model.Asset(NOTICE)
            self.embeddings = tf.Variable(tf.random.uniform((4, 2)), name="embeddings")

        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.string, name="words")])
        def look_up(self, words):
            ids = self.table.lookup(words)
            return {
                "embedded": tf.gather(self.embeddings, ids),
                "ids": ids,
                "notice": tf.io.read_file(self.notice.asset_path),
            }

    return Vocabulary()


def sample(rng):
    return [rng.choice([b"cell", b"engine", b"format", b"unknown"], (4, 3)).astype("S8")], []


def signatures(module):
    return {"serving_default": module.look_up}
