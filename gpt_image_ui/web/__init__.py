"""The only floor that imports Reflex or Starlette: pages, parts, routes, sessions and live updates."""
