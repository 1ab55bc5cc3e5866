"""Plain HTTP beside the screens: sign-in, media, uploads, the wall's data, health."""
