"""Durable execution of jobs, their life cycle, and the notices that they changed."""
