"""A mask as each kind of server wants it, whatever picture of it we were given. Plain functions, called in threads."""

import io

from PIL import Image, ImageOps

from gpt_image_ui.providers.interface import BadRequestError


def as_hole(mask: bytes | None, picture: bytes) -> bytes:
    """A PNG as large as the picture, transparent where it may change: everywhere, without a mask."""
    alpha = _alpha(mask, picture) if mask is not None else Image.new("L", _opened(picture).size)
    # All else is black: it packs to almost nothing, far below the limits on masks.
    return _png(Image.merge("LA", (Image.new("L", alpha.size), alpha)))


def as_light(mask: bytes, picture: bytes) -> bytes:
    """A PNG as large as the picture, white where it may change and black elsewhere."""
    return _png(ImageOps.invert(_alpha(mask, picture)))


def keep_outside(drawn: Image.Image, mask: bytes, picture: bytes) -> Image.Image:
    """`drawn` where the mask is transparent, elsewhere the picture as it is, both cut to the size of `drawn`."""
    try:
        base = ImageOps.fit(_opened(picture).convert("RGB"), drawn.size)
    except (OSError, ValueError) as error:
        raise BadRequestError("a reference cannot be opened") from error
    return Image.composite(base, drawn.convert("RGB"), ImageOps.fit(_alpha(mask, picture), drawn.size))


def _alpha(mask: bytes, picture: bytes) -> Image.Image:
    painted = _opened(mask)
    if not painted.has_transparency_data:
        raise BadRequestError("the mask has no transparency")
    try:
        alpha = painted.convert("RGBA").getchannel("A")
    except (OSError, ValueError) as error:
        raise BadRequestError("the mask cannot be opened") from error
    size = _opened(picture).size
    return alpha if alpha.size == size else alpha.resize(size, Image.Resampling.BILINEAR)


def _opened(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise BadRequestError("a reference cannot be opened") from error


def _png(image: Image.Image) -> bytes:
    packed = io.BytesIO()
    image.save(packed, "PNG")
    return packed.getvalue()
