// One picture on a native <dialog>: zoom, pan, pinch, swipe, keys, neighbours loaded ahead. A video plays with the
// browser's own controls, and never by itself. Children come from Reflex:
// an element of class "acts" and an <aside>, which the style sheet puts in their places. Links with data-open={id}
// anywhere on the page open here as well.
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import { book } from "./book.js";
import { Icon } from "./wall.jsx";

const TILE = 960; // the widest tile; the original is fetched only when it would show more
const SIDE = 9; // neighbours on either side in the filmstrip
const REST = 120; // ms on a picture before the server hears of it
const ELSEWHERE = "input, textarea, select, [contenteditable], [role=tab], [role=radio], [role=menu], summary";

const ahead = new Map();
function preload(url) {
  if (ahead.has(url)) return;
  const image = new Image();
  image.src = url;
  ahead.set(url, image);
  if (ahead.size > 6) ahead.delete(ahead.keys().next().value);
}

const thumbnailOf = (card) => document.querySelector(`.wall [data-key="${card.key}"] img`)?.currentSrc || card.s;

function fit(card, stage) {
  const scale = Math.min(stage.width / card.w, stage.height / card.h);
  return { width: card.w * scale, height: card.h * scale };
}

function sourceOf(card, stage, sharp) {
  if (card.m) return `/media/${card.id}/${TILE}`; // what stands there until it plays
  const enough = fit(card, stage).width * devicePixelRatio <= Math.min(TILE, card.w) * 1.15;
  return `/media/${card.id}/${enough && !sharp ? TILE : "original"}`;
}

function useSize(ref, mounted) {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    if (!ref.current) return undefined;
    const measure = () => setSize({ width: ref.current.clientWidth, height: ref.current.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [mounted]);
  return size;
}

// Zoom is drawn straight onto the element, without React; scale 1 means "fits", `full` is one pixel to one.
function useZoom({ stage, image, readout, size, fitted, full, turn, onZoomed }) {
  const at = useRef({ scale: 1, x: 0, y: 0 });
  const fingers = useRef(new Map());
  const grip = useRef(null);

  const draw = (eased) => {
    const place = at.current;
    if (!image.current) return;
    if (place.scale > 1) {
      const [wide, high] = [fitted.width * place.scale - size.width, fitted.height * place.scale - size.height];
      place.x = Math.max(-Math.max(0, wide / 2), Math.min(Math.max(0, wide / 2), place.x));
      place.y = Math.max(-Math.max(0, high / 2), Math.min(Math.max(0, high / 2), place.y));
      onZoomed();
    }
    stage.current.dataset.zoomed = place.scale > 1;
    image.current.style.transition = eased ? "transform var(--base) var(--ease)" : "none";
    image.current.style.transform = `translate(${place.x}px, ${place.y}px) scale(${place.scale})`;
    readout.current.textContent = place.scale === 1 ? "Fit" : `${Math.round((place.scale / full) * 100)} %`;
  };
  const zoom = (wanted, point, eased) => {
    if (!image.current) return; // a video is not zoomed
    const place = at.current;
    const edge = stage.current.getBoundingClientRect();
    const x = point ? point.x - edge.x - edge.width / 2 : 0;
    const y = point ? point.y - edge.y - edge.height / 2 : 0;
    const scale = Math.max(1, Math.min(8 * Math.max(1, full), wanted));
    const by = scale / place.scale;
    at.current = scale === 1 ? { scale, x: 0, y: 0 } : { scale, x: x - (x - place.x) * by, y: y - (y - place.y) * by };
    draw(eased);
  };
  const steps = {
    "+": () => zoom(at.current.scale * 1.4, null, true),
    "=": () => zoom(at.current.scale * 1.4, null, true),
    "-": () => zoom(at.current.scale / 1.4, null, true),
    0: () => zoom(1, null, true),
    1: () => zoom(Math.max(1, full), null, true),
  };
  const flip = (point) => zoom(at.current.scale > 1 ? 1 : Math.max(full, 2), point, true);
  const pan = (x, y) => {
    if (at.current.scale === 1) return false;
    at.current.x += x;
    at.current.y += y;
    draw(true);
    return true;
  };

  const points = () => [...fingers.current.values()];
  const middle = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const spread = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y);
  const take = () => {
    grip.current = { place: { ...at.current }, points: points(), time: performance.now() };
  };
  const handlers = {
    onPointerDown(event) {
      if (event.button || event.target.closest("button")) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      take();
    },
    onPointerMove(event) {
      if (!fingers.current.has(event.pointerId)) return;
      fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      const { place, points: from } = grip.current;
      const now = points();
      if (now.length === 2 && from.length === 2) {
        at.current = { ...place };
        zoom((place.scale * spread(now)) / spread(from), middle(from));
        at.current.x += middle(now).x - middle(from).x;
        at.current.y += middle(now).y - middle(from).y;
      } else if (now.length === 1) {
        const [x, y] = [now[0].x - from[0].x, now[0].y - from[0].y];
        at.current = { scale: place.scale, x: place.x + x, y: place.scale > 1 ? place.y + y : 0 };
      }
      draw();
    },
    onPointerUp(event) {
      if (!fingers.current.delete(event.pointerId)) return;
      if (fingers.current.size || at.current.scale > 1) return take();
      const swiped = at.current.x;
      const enough = performance.now() - grip.current.time < 250 ? 30 : 90;
      at.current = { scale: 1, x: 0, y: 0 };
      draw(true);
      if (event.type === "pointerup" && Math.abs(swiped) > enough) turn(swiped > 0 ? 1 : -1);
    },
    onDoubleClick: (event) => !event.target.closest("button") && flip({ x: event.clientX, y: event.clientY }),
  };
  handlers.onPointerCancel = handlers.onPointerUp;

  const wheel = useRef(null);
  wheel.current = (event) => {
    if (!image.current) return;
    event.preventDefault();
    zoom(at.current.scale * Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), { x: event.clientX, y: event.clientY });
  };
  const mounted = size.width > 0;
  useEffect(() => {
    const listen = (event) => wheel.current(event);
    stage.current?.addEventListener("wheel", listen, { passive: false });
    return () => stage.current?.removeEventListener("wheel", listen);
  }, [mounted]);
  const reset = () => {
    at.current = { scale: 1, x: 0, y: 0 };
    draw();
  };
  return { steps, flip, pan, handlers, reset };
}

// Over a video a finger still turns the page, but not where the controls lie.
const CONTROLS = 80;
function useSwipe(turn) {
  const from = useRef(null);
  return {
    onPointerDown(event) {
      const { bottom } = event.currentTarget.getBoundingClientRect();
      const free = event.pointerType === "touch" && event.clientY < bottom - CONTROLS;
      from.current = free ? { x: event.clientX, y: event.clientY } : null;
    },
    onPointerUp(event) {
      if (!from.current) return;
      const [x, y] = [event.clientX - from.current.x, event.clientY - from.current.y];
      from.current = null;
      if (Math.abs(x) > 60 && Math.abs(x) > 2 * Math.abs(y)) turn(x > 0 ? 1 : -1);
    },
  };
}

function Film({ card, film, title, style }) {
  const [refused, setRefused] = useState(false);
  return (
    <>
      <video
        ref={film}
        src={`/media/${card.id}/original`}
        poster={`/media/${card.id}/${TILE}`}
        aria-label={title}
        controls
        playsInline
        preload="metadata"
        style={style}
        onError={() => setRefused(true)}
      />
      {refused && <p className="note refusal" role="alert">This browser cannot play the video. It is kept as it came: download it to watch it.</p>}
    </>
  );
}

// The address follows the picture; "back" closes. What React Router keeps in the history state stays there.
function useAddress(path, home, id) {
  useEffect(() => {
    if (!path || !id) return;
    const { state } = history;
    const inside = location.pathname.startsWith(path);
    if (state?.picture) history.replaceState(state, "", path + id);
    else if (inside) history.replaceState({ ...state, picture: "alone" }, "", path + id);
    else history.pushState({ ...state, picture: "over" }, "", path + id);
  }, [id]);
  useEffect(() => {
    const back = () => book.shown.k >= 0 && book.show(-1);
    window.addEventListener("popstate", back);
    return () => window.removeEventListener("popstate", back);
  }, []);
  return () => {
    const { state } = history;
    if (state?.picture === "over") history.back();
    else if (state?.picture === "alone") history.replaceState({ ...state, picture: undefined }, "", home);
  };
}

export function Lightbox({
  openId = 0, path = "/a/", home = "/studio", panelId, className = "", children, onShow, onShut, onKey,
  onMissing, ...rest
}) {
  const dialog = useRef(null);
  const stage = useRef(null);
  const image = useRef(null);
  const film = useRef(null);
  const readout = useRef(null);
  const [sharp, setSharp] = useState(0); // the id whose original was asked for by zooming
  useSyncExternalStore(book.subscribe, book.snapshot, () => 0);
  const { k } = book.shown;
  const isOpen = k >= 0;
  const card = isOpen ? book.card(k) : null;
  const size = useSize(stage, isOpen);
  const fitted = card ? fit(card, size) : size;
  const full = card && fitted.width ? card.w / fitted.width / devicePixelRatio : 1;
  const turn = (by) => k + by >= 0 && k + by < book.count && book.show(k + by);
  const onZoomed = () => card && sharp !== card.id && setSharp(card.id);
  const zoom = useZoom({ stage, image, readout, size, fitted, full, turn, onZoomed });
  const swipe = useSwipe(turn);
  const leaveAddress = useAddress(path, home, card?.id);

  useLayoutEffect(() => {
    if (isOpen && !dialog.current.open) dialog.current.showModal();
    else if (!isOpen && dialog.current.open) dialog.current.close();
  }, [isOpen]);
  useLayoutEffect(zoom.reset, [card?.id, size.width, size.height]);
  useEffect(() => {
    if (card && !book.shown.id) book.show(k); // its card arrived after it was shown
  }, [card?.id]);
  useEffect(() => {
    const linked = location.pathname.replace(/\/$/, "") === path + openId; // the state may remember another page
    if (!linked || book.state !== "ready" || book.shown.id === openId) return;
    book.find(openId).then((found) => (found < 0 ? missing() : book.show(found)));
  }, [openId, book.state]);
  const missing = () => {
    history.replaceState(history.state, "", home);
    onMissing?.(openId);
  };
  useEffect(() => {
    const follow = async (event) => {
      const link = event.target.closest?.("a[data-open]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const found = await book.find(Number(link.dataset.open));
      if (found >= 0) book.show(found);
    };
    document.addEventListener("click", follow);
    return () => document.removeEventListener("click", follow);
  }, []);
  useEffect(() => {
    if (!card) return undefined;
    const rested = setTimeout(() => onShow?.(card.id), REST);
    const near = setTimeout(() => {
      for (const other of [-1, 1, -2].map((by) => book.card(k + by))) if (other) preload(sourceOf(other, size));
    }, 60);
    return () => [rested, near].forEach(clearTimeout);
  }, [card?.id]);

  const key = (event) => {
    if (event.target.closest(ELSEWHERE) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (film.current && event.key === " " && !event.target.closest("button, a, video")) {
      event.preventDefault();
      if (film.current.paused) film.current.play().catch(() => {}); // it says itself why it cannot
      else film.current.pause();
      return;
    }
    if (event.target === film.current && /^(Arrow|Home|End)/.test(event.key)) return; // they move within the video
    const arrows = {
      ArrowLeft: () => zoom.pan(80, 0) || turn(1),
      ArrowRight: () => zoom.pan(-80, 0) || turn(-1),
      ArrowUp: () => zoom.pan(0, 80),
      ArrowDown: () => zoom.pan(0, -80),
      Home: () => book.show(book.count - 1),
      End: () => book.show(0),
    };
    const act = arrows[event.key] ?? zoom.steps[event.key];
    if (act) {
      event.preventDefault();
      act();
    } else if (card && /^([a-z]|Delete|[[\]])$/.test(event.key)) {
      onKey?.(event.key, card.id);
      if (event.key === "Delete") book.show(-1); // what takes it back lies below this layer
    }
  };
  // Until the panel is about this picture, its buttons mean the one before: what is pressed meanwhile is done then.
  const stale = !!card && panelId !== undefined && panelId !== card.id;
  const early = useRef(null);
  const hold = (event) => {
    const pressed = stale && event.target.closest(":is(.acts, aside) :is(button, a)");
    if (!pressed) return;
    event.preventDefault();
    event.stopPropagation();
    early.current = pressed;
  };
  useEffect(() => {
    early.current = null;
  }, [card?.id]);
  useEffect(() => {
    if (stale) return;
    early.current?.click();
    early.current = null;
  }, [stale]);
  // The browser gives the focus to the first button, where the space bar would close what it should play.
  useEffect(() => {
    if (card?.m && dialog.current.querySelector(".bar").contains(document.activeElement)) stage.current.focus({ preventScroll: true });
  }, [card?.id]);
  const closed = () => {
    if (book.shown.k >= 0) book.show(-1);
    leaveAddress();
    onShut?.();
  };
  const strip = isOpen ? Array.from({ length: 2 * SIDE + 1 }, (_, i) => k + SIDE - i) : [];
  const title = card?.t || (card?.m ? "Video" : "Picture");
  return (
    <dialog
      {...rest}
      ref={dialog}
      className={"lb " + className}
      aria-label={title}
      onKeyDown={key}
      onClickCapture={hold}
      onClose={closed}
      data-stale={stale || undefined}
    >
      {isOpen && (
        <>
          <div className="bar">
            <button className="btn btn-q btn-icon" aria-label="Close" onClick={() => book.show(-1)}>
              <Icon name="close" size="" />
            </button>
            <span className="ink3 num t13" role="status">{`${(book.count - k).toLocaleString()} of ${book.count.toLocaleString()}`}</span>
            <span className="row end zoom" hidden={!!card?.m}>
              <button className="btn btn-q btn-icon hide" aria-label="Zoom out" onClick={zoom.steps["-"]}>
                <Icon name="minus" size="" />
              </button>
              <button className="btn btn-q num" ref={readout} title="Fit or full size" onClick={() => zoom.flip()}>Fit</button>
              <button className="btn btn-q btn-icon hide" aria-label="Zoom in" onClick={zoom.steps["+"]}>
                <Icon name="plus" size="" />
              </button>
            </span>
          </div>
          <div
            className="pic"
            ref={stage}
            data-film={!!card?.m || undefined}
            tabIndex={-1}
            style={{ "--shape": card ? card.h / card.w : 1 }}
            {...(card?.m ? swipe : zoom.handlers)}
          >
            {card?.m && size.width > 0 && (
              <Film key={card.id} card={card} film={film} title={title} style={{ ...fitted, backgroundColor: card.c }} />
            )}
            {card && !card.m && size.width > 0 && (
              <img
                key={card.id}
                ref={image}
                src={sourceOf(card, size, sharp === card.id)}
                alt={title}
                draggable={false}
                style={{ ...fitted, backgroundColor: card.c, backgroundImage: `url(${thumbnailOf(card)})` }}
              />
            )}
            <button className="nav prev" aria-label="Newer picture" disabled={k >= book.count - 1} onClick={() => turn(1)}>
              <Icon name="left" size="" />
            </button>
            <button className="nav next" aria-label="Older picture" disabled={k <= 0} onClick={() => turn(-1)}>
              <Icon name="right" size="" />
            </button>
          </div>
          <div className="film" role="group" aria-label="Neighbours">
            {strip.map((other) => {
              const neighbour = other >= 0 && other < book.count ? book.card(other) : null;
              if (!neighbour) return <span key={other} className="fs" />;
              return (
                <button
                  key={other}
                  className="fs"
                  style={{ "--c": neighbour.c }}
                  aria-label={neighbour.t}
                  aria-current={other === k || undefined}
                  onClick={() => book.show(other)}
                >
                  <img src={`/media/${neighbour.id}/320`} alt="" decoding="async" draggable={false} />
                  {neighbour.m && <Icon name="play" />}
                </button>
              );
            })}
          </div>
          {children}
        </>
      )}
    </dialog>
  );
}
