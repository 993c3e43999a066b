"""Work in threads: in order, in this one where it must be, and ended when nobody asks any longer."""

import multiprocessing
import threading
import time

import pytest

from dedup.threads import THREADS, in_order, one_thread


def who(_):
    return threading.get_ident()


def test_results_come_in_the_order_of_what_is_given():
    def work(n):
        time.sleep(0.002 * (n % 3))
        return n

    assert list(in_order(work, range(50))) == list(range(50))
    assert list(in_order(work, iter([]))) == []


@pytest.mark.skipif(THREADS == 1, reason="one core")
def test_work_is_done_here_if_there_is_one_piece_or_it_is_asked_for():
    here = {threading.get_ident()}
    assert set(in_order(who, range(1))) == here
    assert set(in_order(who, range(9), alone=True)) == here
    with one_thread():
        assert set(in_order(who, range(9))) == here
    assert here.isdisjoint(in_order(who, range(9)))


def test_work_inside_of_work_does_not_wait_for_the_threads_that_it_is_in():
    def work(_):
        return set(in_order(who, range(9))) == {threading.get_ident()}

    assert list(in_order(work, range(4 * THREADS))) == [True] * 4 * THREADS


def test_two_at_a_time_share_the_threads():
    pairs = zip(in_order(lambda n: n, range(40)), in_order(lambda n: -n, range(40)), strict=True)
    assert list(pairs) == [(n, -n) for n in range(40)]


def test_nothing_goes_on_when_an_error_ends_it():
    running = []

    def work(n):
        running.append(n)
        time.sleep(0.01)
        if n == 3:
            raise ValueError(n)
        running.remove(n)

    with pytest.raises(ValueError, match="3"):
        list(in_order(work, range(100)))
    assert running == [3]
    for _ in in_order(work, range(4, 100)):
        break
    assert running == [3]


def forked(queue):
    queue.put(list(in_order(lambda n: n + 1, range(5))))


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_threads_of_its_own():
    list(in_order(who, range(9)))
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    process = context.Process(target=forked, args=(queue,))
    process.start()
    assert queue.get() == [1, 2, 3, 4, 5]
    process.join()
