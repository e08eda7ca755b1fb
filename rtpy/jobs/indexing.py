"""The chore that takes what was written into the index of texts."""

from rtpy.jobs.worker import Chore
from rtpy.search.text.indexing import index_some

INDEXING = Chore("full text", 1.0, index_some)
