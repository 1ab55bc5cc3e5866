"""Who is next when a lane is full."""

from gpt_image_ui.jobs.lanes import Lane


def full(width: int = 1) -> Lane:
    lane = Lane("sketch", width)
    lane.taken = width
    return lane


def test_nobody_is_next_before_there_is_a_place():
    lane = full()
    lane.wait("a", 0)
    assert lane.next() is None
    lane.taken -= 1
    assert lane.next() == "a"


def test_accounts_take_turns_however_many_jobs_each_has_sent():
    lane = full()
    for number in range(3):
        lane.wait(f"eager {number}", number)
    lane.wait("modest", 0)
    lane.taken = 0
    assert [lane.next() for _ in range(4)] == ["eager 0", "modest", "eager 1", "eager 2"]


def test_a_job_waits_once_and_is_known_while_it_waits():
    lane = full()
    lane.wait("a", 0)
    lane.wait("a", 5)
    assert lane.holds("a")
    lane.taken = 0
    assert (lane.next(), lane.next()) == ("a", None)
    assert not lane.holds("a")
