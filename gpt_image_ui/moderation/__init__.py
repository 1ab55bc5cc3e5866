"""The check before every provider call: checkers, the table of actions, recorded verdicts."""
