"""Two kinds of links: `rx.el.a` changes the screen within the app, `document` lets the browser load an address."""

from reflex_components_core.el.elements.inline import A

document = A.create
