"""An answer is found once, however many ask for it at the same moment."""

import threading
from types import SimpleNamespace

import pytest

from rtpy.http import kept as module
from rtpy.http.kept import Kept


def test_who_asks_meanwhile_waits_for_the_one_answer(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    kept, looks, answers = Kept(0.0), [], []
    others = [threading.Event() for _ in range(4)]

    def look():
        looks.append(threading.current_thread().name)
        if len(looks) == 1:
            for other in others:
                assert other.wait(10)
            twice.wait(0.2)  # as long as nobody looks a second time
        else:
            twice.set()
        return len(looks)

    def ask(other):
        other.set()
        answers.append(kept.answer(look))

    twice = threading.Event()
    first = threading.Thread(target=lambda: answers.append(kept.answer(look)))
    first.start()
    threads = [threading.Thread(target=ask, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in (first, *threads):
        thread.join(20)
    assert answers == [1] * 5
    now[0] = 100.1
    assert kept.answer(look) == 2, "an answer of before is kept for no time here"


def test_what_fails_is_not_kept():
    kept = Kept(60.0)
    with pytest.raises(ZeroDivisionError):
        kept.answer(lambda: 1 // 0)
    assert kept.answer(lambda: 5) == 5
    assert kept.answer(lambda: 6) == 5
