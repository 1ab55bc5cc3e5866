"""What words mean to the pencil. Keys are lower case, without accents, in the singular; phrases are joined by "_"."""

from gpt_image_ui.providers.sketching.plan import Rgb


def _table(rows: dict[str, str]) -> dict[str, str]:
    """{meaning: "word word"} turned into {word: meaning}; the first meaning of a word stays."""
    out: dict[str, str] = {}
    for meaning, words in rows.items():
        for word in words.split():
            out.setdefault(word, meaning)
    return out


def _tables(rows: dict[str, str]) -> dict[str, frozenset[str]]:
    """Like _table, but a word may mean several things: "lemon" is a fruit and yellow and long."""
    out: dict[str, set[str]] = {}
    for meaning, words in rows.items():
        for word in words.split():
            out.setdefault(word, set()).add(meaning)
    return {word: frozenset(meanings) for word, meanings in out.items()}


def _hues(rows: dict[str, str]) -> dict[str, Rgb]:
    return {w: (int(h[:2], 16), int(h[2:4], 16), int(h[4:], 16)) for w, h in _table(rows).items()}


COLOURS = _hues({
    "c8322f": "red rot rote roter rotes rouge rojo roja",
    "a3182c": "crimson carmine cherry_red ruby",
    "d8402a": "scarlet vermilion vermillion",
    "7b1e34": "burgundy maroon bordeaux wine oxblood",
    "ee7a5e": "coral salmon koralle corail",
    "e67a22": "orange naranja tangerine",
    "d9812b": "amber ochre ocker bernstein copper kupfer cuivre",
    "c15f3a": "terracotta terracota rust rusty rost brick sienna",
    "f2b8a0": "peach pfirsich apricot peche",
    "f0c531": "yellow gelb gelbe gelber jaune amarillo amarilla lemon_yellow canary",
    "d6a93a": "gold golden goldene dore dorado mustard senf brass saffron honey",
    "f4ead2": "cream creme ivory elfenbein beige vanilla eggshell",
    "3f8f4a": "green grun grune gruner vert verte verde",
    "1f5f43": "emerald smaragd bottle_green forest_green pine_green viridian",
    "7d8a3c": "olive oliv khaki",
    "9bb08a": "sage salbei pistachio",
    "8fd0b2": "mint minze menthe menta",
    "a6cf3d": "lime chartreuse",
    "1f8a8c": "teal petrol petroleum",
    "2fb3b0": "turquoise turkis aqua aquamarine turquesa",
    "35b6dc": "cyan",
    "2f66b5": "blue blau blaue blauer bleu bleue azul cobalt",
    "1d2f5e": "navy marine midnight_blue dunkelblau",
    "6fb1e0": "sky_blue hellblau baby_blue light_blue azure",
    "2b2f83": "indigo ultramarine",
    "6c3fa0": "purple violet lila violett purpur morado pourpre amethyst plum aubergine eggplant",
    "b9a2dc": "lavender lavendel lavande lilac flieder mauve wisteria periwinkle",
    "e885a8": "pink rosa rose_pink fuchsia_pink",
    "d22c8a": "magenta fuchsia hot_pink",
    "7a5236": "brown braun brun marron chocolate coffee sepia_brown umber bronze",
    "c9a77c": "tan sand_coloured caramel camel",
    "16171a": "black schwarz schwarze noir noire negro negra ebony jet",
    "fafaf7": "white weiss weisse blanc blanche blanco blanca snow_white",
    "8b8e92": "grey gray grau graue gris slate charcoal_grey ash",
    "3a3d42": "charcoal anthracite graphite_grey",
    "c3c8ce": "silver silber argent",
})  # fmt: skip

LIGHTER = frozenset(["light", "pale", "soft", "pastel", "hell", "helle", "clair", "claro", "powder", "faded"])
DARKER = frozenset(["dark", "deep", "dunkel", "dunkle", "fonce", "oscuro", "inky"])

# Words that choose a ready palette when no colour is named.
MOODS = _table({
    "autumn": "autumn fall autumnal herbst automne otono october november harvest foliage maple",
    "winter": "winter wintry snow snowy frost frosty ice icy hiver invierno christmas xmas december january "
    "arctic polar eis schnee",
    "spring": "spring springtime fruhling printemps primavera easter april may blossom sakura cherry_blossom",
    "summer": "summer summery sommer ete verano beach holiday pool vacation riviera mediterranean",
    "dusk": "sunset dusk twilight evening romantic abend soir crepuscule sonnenuntergang atardecer golden_hour",
    "night": "night midnight nocturne nocturnal nacht nuit noche",
    "moss": "moss fern jungle rainforest wald foret bosque earthy organic woodland moor",
    "ember": "ember fire flame lava volcano volcanic hot feuer feu fuego inferno mars",
    "glacier": "glacier cold cool calm serene quiet fresh fjord fjords tranquil nordic scandinavian",
    "clay": "clay adobe desert morocco moroccan tuscany canyon pottery ceramic earthenware wuste dune",
    "lagoon": "lagoon tropical_sea caribbean underwater reef mermaid island",
    "ink": "ink monochrome noir_film minimal minimalist minimalistic bw black_and_white calligraphy newspaper zen",
    "bloom": "bloom bloomy floral feminine valentine love tender",
    "harbour": "harbour harbor nautical sailor maritime hafen port coast coastal",
    "wheat": "wheat straw hay field barley sunny sonnig warm cosy cozy gemutlich",
    "pastel": "pastel dreamy dream whimsical baby nursery gentle cute kawaii ethereal",
    "neon": "neon cyberpunk synthwave vaporwave futuristic electric club disco arcade rave scifi sci_fi",
    "retro": "retro vintage seventies 70s midcentury mid_century sixties 60s bauhaus travel_poster poster",
    "sepia": "sepia old antique ancient historic daguerreotype nostalgic nostalgia steampunk western",
    "tropic": "tropical tropic hawaii palm parrot exotic caribbean brazil bali fiesta mexico mexican",
    "plum": "mystic mystical magic magical wizard witch royal luxury luxurious elegant velvet",
    "storm": "storm stormy moody gloomy melancholy sad brooding dramatic gothic thunder lightning sturm orage "
    "rainy rain",
    "candy": "candy sweet bubblegum playful cheerful happy joyful party birthday pop lollipop unicorn",
    "orchard": "orchard garden garten jardin lively fruity picnic vegetable",
})  # fmt: skip

VIVID = frozenset(["vivid", "bright", "vibrant", "saturated", "bold", "colourful", "colorful", "bunt", "psychedelic"])
MUTED = frozenset(
    ["muted", "subdued", "desaturated", "dull", "faint", "washed", "subtle", "understated", "dusty", "misty", "foggy"]
)

# Subject words. A trailing number is the weight; without one it is 2.
MOTIFS = _table({
    "lighthouse": "lighthouse leuchtturm phare faro beacon",
    "cat": "cat kitten kitty katze chat gato feline tabby",
    "bird": "bird birds sparrow robin finch swallow songbird vogel oiseau pajaro bluebird wren owl parrot crow "
    "raven animal",
    "fish": "fish koi carp goldfish pond fisch poisson pez aquarium whale shark dolphin",
    "portrait": "portrait face woman man girl boy person lady gentleman head self_portrait selfie queen king "
    "princess prince visage gesicht frau mann femme homme mujer hombre retrato model wizard witch human "
    "musician dancer singer astronaut samurai pirate grandmother grandfather mother father child people",
    "lone_tree": "tree oak bonsai baum arbre arbol maple sakura cherry_blossom cherry_tree olive_tree "
    "apple_tree acacia elm",
    "forest": "forest wood woods woodland jungle wald foret bosque pine birch trunks redwood grove rainforest "
    "taiga bamboo",
    "desert": "desert dune sahara wuste desierto cactus camel sand oasis pyramid mesa savanna",
    "meadow": "house meadow field wildflower poppy wheat farm farmland countryside prairie wiese champ campo sunflower "
    "lavender_field tulip_field pasture barn cottage grass",
    "ridges": "mountain ridge hill valley alp peak summit landscape berg berge montagne montana lake lac see "
    "range volcano "
    "fjord highland scenery glacier canyon cabin hut balloon hot_air_balloon cliff national_park everest fuji "
    "matterhorn dolomite",
    "mist_peaks": "sumi_e ink_painting chinese_painting brush_painting misty_mountain shan_shui",
    "waves": "wave surf surfing tsunami swell great_wave welle vague ola hokusai tide",
    "sea": "sea ocean seascape beach coast shore boat sail sailing sailboat ship yacht harbour harbor hafen "
    "port bay water "
    "meer mer mar horizon lagoon island regatta marina sunset sunrise gulf pier",
    "skyline": "city skyline skyscraper downtown metropolis urban stadt ville ciudad tower manhattan new_york "
    "tokyo london "
    "paris berlin chicago shanghai hong_kong street cityscape cyberpunk building night_life hochhaus futuristic",
    "blocks": "isometric village town block neighbourhood neighborhood dorf map_of_a_city minecraft voxel "
    "low_poly diorama miniature",
    "arches": "arch archway architecture temple cathedral church palace courtyard stair staircase door doorway "
    "colonnade mosque "
    "monastery room interior hallway corridor museum tempel kirche santorini greece ruin castle",
    "still_life": "still_life bottle vase bowl jug pitcher cup mug teapot coffee tea fruit apple pear lemon "
    "orange_fruit peach_fruit latte barista espresso cafe "
    "table kitchen food latte barista espresso cafe restaurant pottery ceramic stilleben nature_morte perfume "
    "product glass breakfast ceramics wine_bottle product_shot",
    "spheres": "sphere ball orb bubble marble_ball kugel boule 3d render abstract_3d geometric glossy",
    "botanical": "botanical leaf plant fern herb herbarium branch twig foliage blatt pflanze feuille plante "
    "hoja eucalyptus ivy vine moss",
    "bouquet": "bouquet flower rose tulip peony lily daisy orchid iris blossom bloom blume blumen fleur flor "
    "floral dahlia anemone "
    "sunflower_vase hydrangea magnolia lotus carnation",
    "nebula": "nebula galaxy space cosmos cosmic universe star_field milky_way stardust supernova interstellar "
    "weltraum espace "
    "aurora dream smoke starry galaxie",
    "planet": "planet saturn jupiter moon_landing mars ring orbit rocket spaceship spacecraft alien world earth "
    "globe venus neptune",
    "quilt": "quilt pattern patchwork tile textile bauhaus geometry mosaic_tile muster motif wallpaper carpet "
    "rug memphis grid shape",
    "contours": "map contour topographic topography chart cartography karte carte mapa atlas terrain survey treasure",
    "stripes": "stripe op_art optical illusion vasarely bridget_riley hypnotic line zebra streifen rhythm",
    "layers": "layer strata canyon_layer cave abstract organic_shape fluid depth geology abstrakt flow blob",
    "rosette": "mandala kaleidoscope rosette symmetry snowflake ornament medallion radial lace sun_disc",
    "marble": "marble marbled agate suminagashi liquid swirl ebru oil_slick psychedelic wood_grain",
})  # fmt: skip

# Motifs for prompts whose subject has no drawing of its own: each is good without a subject.
OPEN_MOTIFS = ("ridges", "sea", "layers", "quilt", "spheres", "nebula", "stripes", "contours", "botanical", "arches",
               "lone_tree", "waves", "rosette", "marble", "meadow", "skyline", "planet")  # fmt: skip

# How much a subject counts against another in the same prompt: figures beat scenes, scenes beat their weather.
WEIGHTS = {"lighthouse": 4, "cat": 4, "bird": 2.6, "fish": 3, "portrait": 3.2, "still_life": 2.8, "planet": 2.6,
 "arches": 2.4,
           "rosette": 3, "stripes": 2.4, "waves": 2.6, "lone_tree": 2.3, "bouquet": 2.4, "mist_peaks": 4, "blocks": 3,
           "contours": 2.6, "skyline": 2.4, "sea": 1.9, "ridges": 2.0, "nebula": 2.0, "layers": 1.4,
           "spheres": 1.8}  # fmt: skip

FINISHES = _table({
    "woodcut": "woodcut woodblock linocut lino linoprint engraving engraved etching holzschnitt gravure ukiyo_e "
    "block_print scratchboard",
    "watercolour": "watercolour watercolor aquarelle aquarell acuarela gouache wash wet_on_wet",
    "ink_wash": "ink sumi sumi_e ink_wash brush_painting calligraphy tusche encre tinta ink_painting "
    "chinese_painting",
    "halftone": "halftone riso risograph comic pop_art newsprint screenprint_dot ben_day lichtenstein manga cartoon",
    "papercut": "papercut paper_cut cutout paper_cutout paper_art collage origami paper_craft layered_paper "
    "scherenschnitt decoupage",
    "mosaic": "mosaic tessera mosaik mosaique mosaico tiled byzantine",
    "silkscreen": "silkscreen screenprint screen_print serigraph grain grainy stipple pointillism pointillist "
    "siebdruck travel_poster "
    "poster retro vintage risoprint litho lithograph",
    "oil": "oil oil_painting canvas impasto impressionist impressionism painting painted brushstroke van_gogh "
    "monet olgemalde huile "
    "acrylic expressionist oleo gemalde peinture",
    "pencil": "pencil crayon sketch drawing drawn graphite charcoal_drawing coloured_pencil colored_pencil "
    "bleistift zeichnung dessin "
    "dibujo hatching pastel_drawing chalk doodle",
    "pixels": "pixel pixel_art pixelart 8bit 8_bit 16bit 16_bit retro_game sprite lowres",
    "stained_glass": "stained_glass vitrail glasfenster cathedral_window tiffany voronoi",
    "plain": "flat vector clean smooth crisp gradient photo photograph photography photorealistic realistic "
    "render 3d digital "
    "glossy cinematic 4k 8k",
})  # fmt: skip

# A finish for prompts that name none: the plain one mostly, otherwise one that suits the motif.
SUITED = {
    "ridges": ("silkscreen", "woodcut", "oil"), "mist_peaks": ("plain",), "desert": ("silkscreen", "oil"),
    "forest": ("silkscreen", "watercolour"), "lone_tree": ("oil", "silkscreen", "watercolour"), "meadow": ("oil",
     "watercolour"),
    "sea": ("oil", "silkscreen", "mosaic"), "lighthouse": ("silkscreen", "woodcut", "oil"), "waves": ("silkscreen",
     "woodcut"),
    "skyline": ("silkscreen", "plain"), "blocks": ("silkscreen", "plain"), "arches": ("silkscreen", "papercut"),
    "still_life": ("oil", "pencil", "silkscreen"), "spheres": ("silkscreen", "plain"), "botanical": ("silkscreen",
     "pencil"),
    "bouquet": ("plain",), "nebula": ("plain",), "planet": ("silkscreen", "halftone"), "portrait": ("halftone",
     "silkscreen", "oil"),
    "cat": ("silkscreen", "papercut"), "bird": ("silkscreen", "watercolour"), "fish": ("silkscreen", "woodcut"),
    "quilt": ("silkscreen", "plain"), "contours": ("plain",), "stripes": ("plain", "silkscreen"),
     "layers": ("plain",),
    "rosette": ("plain", "silkscreen", "mosaic"), "marble": ("plain",),
}  # fmt: skip

LIGHTS = _table({
    "night": "night midnight moonlight moonlit nocturnal nocturne nacht nuit noche star stars starry stern "
    "etoile moon mond lune luna "
    "after_dark crescent firefly aurora cyberpunk neon",
    "dusk": "dusk sunset twilight evening abend soir crepuscule sonnenuntergang atardecer golden_hour synthwave "
    "dramatic storm stormy",
    "dawn": "dawn sunrise morning morgen matin aube sonnenaufgang amanecer daybreak misty fog foggy mist",
    "day": "day noon midday daylight sunny mittag tag jour dia bright",
})  # fmt: skip

# Small things that a motif may draw when it has a place for them.
ACCENTS = _tables({
    "sun": "sun sunny sonne soleil sol sunrise",
    "moon": "moon moonlight moonlit mond lune luna crescent",
    "stars": "star stars starry stern etoile estrella milky_way",
    "boat": "boat sail sailing sailboat ship yacht schiff boot bateau barco regatta harbour harbor hafen "
    "fishing_boat",
    "birds": "birds seagull gull flock vogel oiseaux geese",
    "balloon": "balloon hot_air_balloon ballon",
    "house": "house cabin cottage hut barn farm haus maison casa farmhouse chalet home",
    "snow": "snow snowy winter schnee neige nieve blizzard snowfall christmas frost",
    "rain": "rain rainy regen pluie lluvia storm stormy drizzle sturm",
    "fog": "fog foggy mist misty haze hazy nebel brume niebla",
    "clouds": "cloud cloudy wolke nuage nube overcast",
    "lake": "lake lac lago loch pond reflection fjord tarn bergsee",
    "cactus": "cactus cacti saguaro kaktus desert",
    "blossom": "blossom sakura cherry_blossom cherry_tree bloom spring",
    "flower": "flower rose tulip peony floral blume fleur flor daisy lily bouquet wildflower",
    "branch": "branch twig eucalyptus",
        "autumn": "autumn fall autumnal herbst automne otono october november maple",
    "birch": "birch birke bouleau",
    "hills": "hill rolling hugel colline tuscany countryside valley",
    "bare": "bare leafless dead",
    "galaxy": "galaxy spiral milky_way andromeda galaxie",
    "ring": "ring saturn",
    "rocket": "rocket spaceship spacecraft rakete fusee",
    "bottle": "bottle wine flasche bouteille perfume botella wine_bottle",
    "vase": "vase amphora bouquet sunflower_vase jarron",
    "bowl": "bowl schale bol dish",
    "jug": "jug pitcher krug cruche teapot carafe",
    "cup": "cup mug tasse coffee tea espresso taza",
    "fruit": "fruit apple pear lemon orange_fruit peach_fruit plum_fruit obst pomme manzana cherry citrus",
    "pear": "pear birne poire",
    "lemon": "lemon citron zitrone limon citrus",
    "glasses": "glasses spectacles sunglasses brille lunettes hipster professor",
    "man": "man boy gentleman king prince mann homme hombre father grandfather samurai pirate wizard",
    "woman": "woman girl lady queen princess frau femme mujer mother grandmother witch",
    "storm": "storm stormy thunder lightning tempest sturm",
    "crescent": "crescent sichel croissant",
})  # fmt: skip

# What a subject lends to the spot colour when the prompt names no colour.
HINTS = _hues({
    "d8402a": "poppy tomato strawberry cherry apple",
    "f0b92a": "sunflower lemon banana daffodil buttercup",
    "8b6cc4": "lavender_field iris lilac_bush",
    "e8812c": "pumpkin orange_fruit carrot goldfish koi",
    "a9b648": "pear lime_fruit avocado",
    "e885a8": "sakura cherry_blossom cherry_tree peony magnolia flamingo tulip_field",
    "c8322f": "rose fire_truck mars",
})  # fmt: skip

NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
 "twelve": 12,
           "pair": 2, "couple": 2, "dozen": 12, "zwei": 2, "drei": 3, "vier": 4, "funf": 5, "deux": 2, "trois": 3,
           "quatre": 4,
           "cinq": 5, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "single": 1, "lone": 1,
           "solitary": 1}  # fmt: skip

SPARSE = frozenset(
    [
        "minimal",
        "minimalist",
        "minimalistic",
        "minimalism",
        "simple",
        "empty",
        "sparse",
        "clean",
        "quiet",
        "zen",
        "negative_space",
        "lone",
        "solitary",
        "single",
        "alone",
    ]
)
CLOSE = frozenset(
    [
        "close",
        "closeup",
        "close_up",
        "macro",
        "detail",
        "detailed_view",
        "near",
        "portrait_crop",
        "zoomed",
        "big",
        "large",
        "huge",
        "giant",
        "nahaufnahme",
    ]
)
FAR = frozenset(
    [
        "wide",
        "distant",
        "far",
        "panorama",
        "panoramic",
        "aerial",
        "tiny",
        "small",
        "vast",
        "sweeping",
        "wide_angle",
        "birds_eye",
        "weit",
        "miniature",
        "epic",
    ]
)
LOW_HORIZON = frozenset(
    ["big_sky", "low_horizon", "huge_sky", "open_sky", "sky", "himmel", "ciel", "cielo", "cloudscape"]
)
HIGH_HORIZON = frozenset(
    ["high_horizon", "aerial", "birds_eye", "from_above", "overhead", "foreground", "top_down", "bird_eye"]
)

PHRASES = (
    "still life", "op art", "pop art", "paper cut", "paper cutout", "paper art", "paper craft", "layered paper",
     "hot air balloon",
    "new york", "hong kong", "milky way", "great wave", "golden hour", "cherry blossom", "cherry tree",
     "olive tree", "apple tree",
    "oil painting", "van gogh", "stained glass", "pixel art", "8 bit", "16 bit", "ink wash", "ink painting",
     "chinese painting",
    "brush painting", "sumi e", "ukiyo e", "block print", "screen print", "low poly", "self portrait",
     "negative space", "close up",
    "wide angle", "big sky", "open sky", "huge sky", "low horizon", "high horizon", "from above", "top down",
     "birds eye", "bird eye",
    "sci fi", "mid century", "travel poster", "black and white", "sky blue", "baby blue", "light blue",
     "midnight blue", "hot pink",
    "rose pink", "forest green", "bottle green", "pine green", "snow white", "lemon yellow", "coloured pencil",
     "colored pencil",
    "charcoal drawing", "pastel drawing", "wet on wet", "ben day", "retro game", "national park", "shan shui",
     "misty mountain",
    "lavender field", "tulip field", "wood grain", "product shot", "wine bottle", "after dark", "nature morte",
     "fishing boat",
    "night life", "map of a city", "star field", "cherry red", "bridget riley", "mosaic tile",
)  # fmt: skip
