"""Every motif by name."""

from collections.abc import Callable

from gpt_image_ui.providers.sketching import (
    motifs_bird,
    motifs_built,
    motifs_cat,
    motifs_fish,
    motifs_land,
    motifs_objects,
    motifs_pattern,
    motifs_plants,
    motifs_portrait,
    motifs_sky,
    motifs_trees,
    motifs_water,
)
from gpt_image_ui.providers.sketching.canvas import Array, Sheet

MOTIFS: dict[str, Callable[[Sheet], Array]] = {
    "ridges": motifs_land.ridges,
    "mist_peaks": motifs_land.mist_peaks,
    "desert": motifs_land.desert,
    "forest": motifs_trees.forest,
    "lone_tree": motifs_trees.lone_tree,
    "meadow": motifs_land.meadow,
    "sea": motifs_water.sea,
    "lighthouse": motifs_water.lighthouse,
    "waves": motifs_water.waves,
    "skyline": motifs_built.skyline,
    "blocks": motifs_built.blocks,
    "arches": motifs_built.arches,
    "still_life": motifs_objects.still_life,
    "spheres": motifs_objects.spheres,
    "botanical": motifs_plants.botanical,
    "bouquet": motifs_plants.bouquet,
    "nebula": motifs_sky.nebula,
    "planet": motifs_sky.planet,
    "portrait": motifs_portrait.portrait,
    "cat": motifs_cat.cat,
    "bird": motifs_bird.bird,
    "fish": motifs_fish.fish,
    "quilt": motifs_pattern.quilt,
    "contours": motifs_pattern.contours,
    "stripes": motifs_pattern.stripes,
    "layers": motifs_pattern.layers,
    "rosette": motifs_pattern.rosette,
    "marble": motifs_pattern.marble,
}
