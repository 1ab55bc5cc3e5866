"""The ground under every feature: settings, database, clock, ids, money, errors, outbound HTTP, logs, rate limits."""
