// The wall: only the tiles near the window are in the page. Reflex owns the filter, the newest cards and the selection;
// scrolling never asks it for anything.
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { book, change, has } from "./book.js";

const BAND = 40; // as in book.js
const STEP = 240; // scrolled distance after which the tiles in the page are chosen anew
const NOTHING = [];
const inBrowser = typeof window !== "undefined";
const format = (options) => inBrowser && new Intl.DateTimeFormat(undefined, options);
const FULL_DAY = format({ weekday: "short", day: "numeric", month: "long", year: "numeric" });
const MONTH = format({ month: "short" });

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const pictures = (count) => (count === 1 ? "1 picture" : `${count.toLocaleString()} pictures`);
const titleOf = (card) => card.t || (card.m ? "Untitled video" : "Untitled picture");
// A card with milliseconds is a video's: "0:05".
const lasts = (card) => {
  const seconds = Math.max(1, Math.round(card.m / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};
const spoken = (card) => titleOf(card) + (card.m ? `, video, ${lasts(card)}` : "");

function nameOf(day) {
  const ago = (days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10); // days are UTC
  if (day === ago(0)) return "Today";
  return day === ago(1) ? "Yesterday" : FULL_DAY.format(new Date(day + "T12:00"));
}

function columnsFor(width, density) {
  const usual = [560, 840, 1200, 1600].findIndex((limit) => width < limit);
  return Math.max(1, (usual < 0 ? 6 : usual + 2) + density - 2);
}

export const Icon = ({ name, size = "i-s" }) => (
  <svg className={"i " + size} aria-hidden="true">
    <use href={`/icons.svg#i-${name}`} />
  </svg>
);

const Picture = ({ card, width }) => (
  <img
    src={card.s}
    srcSet={[320, 640, 960].map((size) => `/media/${card.id}/${size} ${Math.min(size, card.w)}w`).join()}
    sizes={`${Math.ceil(width)}px`}
    alt={titleOf(card)}
    decoding="async"
    draggable={false}
    ref={(img) => img && !img.complete && (img.dataset.wait = "")}
    onLoad={(event) => delete event.currentTarget.dataset.wait}
    onError={(event) => delete event.currentTarget.dataset.wait}
  />
);

const Pick = ({ card, selected, tabIndex }) => (
  <button className="pick" role="checkbox" aria-checked={selected} aria-label={"Select " + titleOf(card)} tabIndex={tabIndex}>
    <span className="box">
      <Icon name="check" />
    </span>
  </button>
);

const Actions = ({ card, tabIndex }) => (
  <span className="over">
    <button className="ob" data-act="v" tabIndex={tabIndex}>
      <Icon name="vary" />
      Vary
    </button>
    <a className="ob end" href={`/media/${card.id}/original?download=1`} download aria-label="Download" tabIndex={tabIndex}>
      <Icon name="download" />
    </a>
  </span>
);

// Buttons are in the page only where they can be used: a tile that is pointed at or focused is `ready`.
const Tile = memo(function Tile({ k, name, x, y, w, h, card, count, selected, active, ready, picking, current, row }) {
  const tabIndex = active ? 0 : -1;
  const position = row
    ? { role: "row", "aria-rowindex": count - k + 1 }
    : { "aria-posinset": count - k, "aria-setsize": count };
  const cell = row ? { role: "cell" } : {};
  const Item = row ? "div" : "article";
  const style = { transform: `translate(${x}px,${y}px)`, width: w, height: h, "--c": card?.c };
  return (
    <Item
      className={row ? "line" : "tile"}
      data-k={k}
      data-key={name}
      tabIndex={tabIndex}
      aria-label={card ? spoken(card) : "Loading"}
      aria-busy={!card}
      aria-selected={row ? selected : undefined}
      data-selected={selected}
      aria-current={current || undefined}
      style={style}
      {...position}
    >
      {card && (
        <>
          <span className="face" {...cell}>
            <a className="open" href={"/a/" + card.id} tabIndex={-1} draggable={false}>
              <Picture card={card} width={row ? 48 : w} />
            </a>
            {card.m && !row && (
              <span className="marks" aria-hidden="true">
                <span className="mark">
                  <Icon name="play" />
                  {lasts(card)}
                </span>
              </span>
            )}
            {(ready || picking) && <Pick card={card} selected={selected} tabIndex={tabIndex} />}
          </span>
          {row && (
            <>
              <span className="trunc title" role="cell">{titleOf(card)}</span>
              <span className="num size" role="cell">{`${card.w} × ${card.h}${card.m ? `, ${lasts(card)}` : ""}`}</span>
              <span className="num rate" role="cell">{card.r ? `${card.r} of 5` : "Not rated"}</span>
            </>
          )}
          {ready && (
            <span {...cell}>
              <Actions card={card} tabIndex={tabIndex} />
            </span>
          )}
        </>
      )}
    </Item>
  );
});

export function Wall({
  query = "", newest = NOTHING, total = 0, version = 0, sel = NOTHING, view = "wall", density = 2, openId = 0,
  label = "Gallery", className = "", onSelect, onOpen, onKey, children, ...rest
}) {
  const box = useRef(null);
  const seen = useRef([]); // the tiles in the window: what is held in place when the wall changes above it
  const placed = useRef(new Map()); // where each tile in the page was drawn
  const timers = useRef({});
  const mark = useRef(null); // where a range starts
  const toFocus = useRef(false);
  const tick = useSyncExternalStore(book.subscribe, book.snapshot, () => 0);
  const [span, setSpan] = useState({ from: 0, to: 0 });
  const [active, setActive] = useState({ k: -1, id: 0 });
  const [pointed, setPointed] = useState(-1);
  const [picked, setPicked] = useState(sel);
  useEffect(() => setPicked(sel), [sel]); // the server's word replaces the guess

  const look = useCallback(() => {
    const { scrollTop, clientHeight } = box.current;
    const from = Math.floor(scrollTop / STEP) * STEP - clientHeight * 0.75;
    const to = from + clientHeight * 2.5 + STEP;
    setSpan((was) => (was.from === from && was.to === to ? was : { from, to }));
    seen.current = book.visible(scrollTop + BAND, scrollTop + clientHeight).tiles.map((k) => ({ k, id: book.card(k)?.id, y: book.box(k).y }));
    clearTimeout(timers.current.fetch);
    timers.current.fetch = setTimeout(() => {
      const { tiles } = book.visible(from, to);
      if (tiles.length) book.want(tiles.at(-1), tiles[0]);
    }, 60);
  }, []);

  // The newest tile in the window stays where it is on the screen, unless the window is at the top.
  const hold = () => {
    if (box.current.scrollTop <= BAND) return 0;
    const number = ({ k, id }) => (book.edition === placed.current.edition ? k : book.numberOf(id));
    const kept = seen.current.find((tile) => number(tile) >= 0);
    const moved = kept ? book.box(number(kept)).y - kept.y : 0;
    box.current.scrollTop += moved;
    return moved;
  };

  useEffect(() => {
    book.load(query);
    box.current.scrollTop = 0;
    setActive({ k: -1, id: 0 });
  }, [query]);
  useEffect(() => book.merge(newest, total, version), [newest, total, version, book.state]);
  useEffect(() => {
    book.watched = () => seen.current.map((tile) => tile.id);
    const again = () => book.behind && book.load(book.query);
    window.addEventListener("online", again);
    return () => window.removeEventListener("online", again);
  }, []);

  useLayoutEffect(() => {
    const measure = () => {
      const width = box.current.firstChild.clientWidth;
      const columns = columnsFor(width, density);
      const same = width === book.width && columns === book.columns && view === book.view;
      if (width && !same) {
        book.layout(0, { width, columns, view });
        placed.current.clear();
        if (book.place) hold();
        book.tell();
      }
      look();
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [density, view]);

  useLayoutEffect(() => {
    if (!book.place) return;
    const changed = placed.current.count !== book.count || placed.current.edition !== book.edition;
    if (changed) slide(box.current, placed.current, hold());
    if (changed && active.id) refind();
    look();
  }, [tick]);
  useLayoutEffect(() => {
    placed.current = new Map(tiles.map((k) => [book.keyOf(k), book.box(k)]));
    Object.assign(placed.current, { count: book.count, edition: book.edition });
  });
  useEffect(() => {
    if (!toFocus.current || active.k < 0) return;
    const tile = box.current.querySelector(`[data-k="${active.k}"]`);
    toFocus.current = false;
    tile?.focus({ preventScroll: true });
    tile?.scrollIntoView({ block: "nearest" });
  });

  const go = (to) => {
    const k = Math.max(0, Math.min(book.count - 1, to));
    toFocus.current = true;
    setActive({ k, id: book.card(k)?.id ?? 0 });
    return k;
  };
  // The same picture under its new number; when it is gone, its neighbour.
  const refind = () => {
    const k = book.numberOf(active.id);
    const wasInside = document.activeElement === document.body || box.current.contains(document.activeElement);
    const next = k < 0 ? Math.min(Math.max(active.k - 1, 0), book.count - 1) : k;
    toFocus.current = k < 0 && wasInside && !document.querySelector("dialog[open]");
    setActive({ k: next, id: book.card(next)?.id ?? 0 });
  };
  useEffect(() => {
    book.goBack = go;
  });

  const select = async (add, from, to = from) => {
    const ids = await Promise.all([book.idOf(from), book.idOf(to)]);
    if (ids.includes(undefined)) return;
    pickRange(add, Math.min(...ids), Math.max(...ids));
  };
  const pickRange = (add, low, high) => {
    setPicked((ranges) => change(ranges, add, low, high));
    onSelect?.(add, low, high);
  };
  const toggle = (k) => {
    const card = book.card(k);
    if (card) pickRange(!has(picked, card.id), card.id, card.id);
    mark.current = k;
  };
  const open = (k) => {
    const card = book.card(k);
    if (!card) return;
    book.show(k);
    onOpen?.(card.id);
  };
  const scrolled = () => {
    look();
    const wall = box.current.parentElement;
    wall.dataset.moving = ""; // on a phone the dates show only meanwhile
    clearTimeout(timers.current.moving);
    timers.current.moving = setTimeout(() => delete wall.dataset.moving, 900);
  };
  const numberAt = (event) => Number(event.target.closest?.("[data-k]")?.dataset.k ?? -1);

  const click = (event) => {
    const k = numberAt(event);
    if (k < 0 || event.target.closest("a[download]")) return;
    event.preventDefault();
    if (timers.current.pressed) {
      timers.current.pressed = false;
      return;
    }
    setActive({ k, id: book.card(k)?.id ?? 0 });
    const act = event.target.closest("[data-act]")?.dataset.act;
    const adding = event.ctrlKey || event.metaKey || (picked.length && event.nativeEvent.pointerType === "touch");
    if (act) onKey?.(act, book.card(k).id);
    else if (event.shiftKey && mark.current !== null) select(true, mark.current, k);
    else if (adding || event.target.closest(".pick")) toggle(k);
    else {
      mark.current = k;
      open(k);
    }
  };
  const press = (event) => {
    const k = numberAt(event);
    if (k < 0 || event.pointerType !== "touch") return;
    timers.current.press = setTimeout(() => {
      timers.current.pressed = true;
      navigator.vibrate?.(10);
      toggle(k);
    }, 450);
  };
  const release = () => clearTimeout(timers.current.press);

  const screenAway = (k, down) => {
    const { x, y } = book.box(k);
    return book.closest(x, y + down * box.current.clientHeight * 0.8);
  };
  const moves = {
    ArrowLeft: (k) => book.near(k, -1, 0),
    ArrowRight: (k) => book.near(k, 1, 0),
    ArrowUp: (k) => book.near(k, 0, -1),
    ArrowDown: (k) => book.near(k, 0, 1),
    PageUp: (k) => screenAway(k, -1),
    PageDown: (k) => screenAway(k, 1),
    Home: () => book.count - 1,
    End: () => 0,
  };
  const key = (event) => {
    const k = numberAt(event);
    const command = event.ctrlKey || event.metaKey;
    const onTile = event.target.dataset.k !== undefined;
    if (k < 0 || event.altKey) return;
    const card = book.card(k);
    const then = (act) => {
      event.preventDefault();
      act();
    };
    if (moves[event.key] && !command) then(() => step(k, moves[event.key](k), event.shiftKey));
    else if (command && event.key === "a") then(() => pickRange(true, 0, book.top));
    else if (command || !card) return;
    else if (event.key === "x" || (event.key === " " && onTile)) then(() => toggle(k));
    else if (event.key === "Enter" && onTile) then(() => open(k));
    else if (event.key === "Escape" && picked.length) then(() => pickRange(false, 0, book.top));
    else if (/^([a-z0-5]|Delete)$/.test(event.key)) onKey?.(event.key, card.id);
  };
  const step = (from, to, extending) => {
    const k = go(to);
    if (!extending) mark.current = k;
    else select(true, (mark.current ??= from), k);
  };

  const { tiles, days } = book.visible(span.from, span.to);
  if (active.k >= 0 && active.k < book.count && book.place && !tiles.includes(active.k)) tiles.push(active.k); // focus survives scrolling
  const entry = active.k >= 0 ? active.k : tiles[0];
  const row = view === "list";
  const role = book.count ? (row ? "table" : "feed") : undefined; // neither may be empty
  return (
    <div {...rest} className={`wall ${className} ${picked.length ? "selecting" : ""}`} data-view={view}>
      <div className="scroll" ref={box} onScroll={scrolled} tabIndex={-1}>
        <div className="expanse" style={{ height: book.height }}>
          {days.map((day) => (
            <div key={day.day} data-key={day.day} className="band" style={{ top: day.top, height: day.height }}>
              <div className="dayhead">
                <h2>{nameOf(day.day)}</h2>
                <span className="num">{pictures(day.count)}</span>
                <button className="btn btn-q btn-s end" onClick={() => select(true, day.from, day.from + day.count - 1)}>Select day</button>
              </div>
            </div>
          ))}
          <div
            role={role}
            aria-label={role && label}
            aria-busy={book.state === "loading"}
            aria-rowcount={role === "table" ? book.count + 1 : undefined}
            onClick={click}
            onKeyDown={key}
            onPointerOver={(event) => event.pointerType === "mouse" && setPointed(numberAt(event))}
            onPointerLeave={() => setPointed(-1)}
            onPointerDown={press}
            onPointerUp={release}
            onPointerMove={release}
            onPointerCancel={release}
            onContextMenu={(event) => timers.current.pressed && event.preventDefault()}
          >
            {role === "table" && (
              <div role="row" className="sr">
                {["Picture", "Title", "Size", "Rating", "Actions"].map((name) => <span key={name} role="columnheader">{name}</span>)}
              </div>
            )}
            {tiles.map((k) => {
              const card = book.card(k);
              const name = book.keyOf(k);
              const ready = row || k === entry || k === pointed;
              const shared = { k, name, card, row, ready, picking: picked.length > 0, count: book.count, active: k === entry };
              return <Tile key={name} {...book.box(k)} {...shared} selected={!!card && has(picked, card.id)} current={!!card && card.id === (openId || book.last)} />;
            })}
          </div>
        </div>
        {book.state === "loading" && <Skeleton />}
        {book.state === "failed" && <Failure retry={() => book.load(query)} />}
        {book.state === "ready" && book.count === 0 && children}
      </div>
      {book.height > 2 * (box.current?.clientHeight ?? Infinity) && <Scrubber box={box} />}
    </div>
  );
}

// Tiles and headings that a change moved slide there from where they were seen; `moved` is what holding made up for.
function slide(box, before, moved) {
  if (still()) return;
  for (const tile of box.querySelectorAll("[data-k]")) {
    const old = before.get(tile.dataset.key);
    const now = old && book.box(Number(tile.dataset.k));
    const [x, y] = old ? [old.x - now.x, old.y - now.y + moved] : [0, 0];
    if ((x || y) && Math.abs(y) < 2000) tile.animate({ translate: [`${x}px ${y}px`, "none"] }, { duration: 160, easing: "cubic-bezier(.2, 0, 0, 1)" });
  }
}

const Skeleton = () => (
  <div className="skeleton" aria-hidden="true">
    {["3/4", "1/1", "3/2", "2/3", "4/3", "1/1", "3/2", "3/4", "1/1", "4/3", "2/3", "3/2"].map((ratio, i) => (
      <i key={i} className="tile loading" style={{ "--ar": ratio, "--c": "var(--press)" }} />
    ))}
  </div>
);

const Failure = ({ retry }) => (
  <div className="empty" role="alert">
    <h3>The wall could not be loaded.</h3>
    <p>Your pictures are where they were.</p>
    <button className="btn btn-2" onClick={retry}>Try again</button>
  </div>
);

function Scrubber({ box }) {
  const typed = useRef("");
  const newest = book.days.length - 1;
  const now = book.dayAt((box.current?.scrollTop ?? 0) + 1);
  const month = (i) => book.days[i].day.slice(0, 7);
  const toDay = (i) => {
    box.current.scrollTop = book.days[Math.max(0, Math.min(newest, i))].top;
  };
  const labels = useMemo(() => {
    const chosen = [];
    for (let i = newest; i >= 0; i--) {
      if (i < newest && month(i) === month(i + 1)) continue;
      const at = (book.days[i].top / book.height) * 100;
      if (chosen.length && at - chosen.at(-1).at < 4) continue;
      const year = month(i).slice(0, 4);
      const sameYear = (chosen.at(-1)?.month ?? year).startsWith(year);
      chosen.push({ month: month(i), at, text: sameYear ? MONTH.format(new Date(month(i) + "-15")) : year });
    }
    return chosen;
  }, [book.height, book.count]);
  // The newest day of the next month up or down.
  const monthAway = (later) => {
    const there = (i) => (later ? month(i) > month(now) : month(i) < month(now));
    const near = later ? book.days.findIndex((_, i) => there(i)) : book.days.findLastIndex((_, i) => there(i));
    return near < 0 ? now : book.days.findLastIndex((_, i) => month(i) === month(near));
  };
  const jumps = {
    ArrowUp: () => monthAway(true),
    ArrowDown: () => monthAway(false),
    PageUp: () => now + 30,
    PageDown: () => now - 30,
    Home: () => newest,
    End: () => 0,
  };
  const key = (event) => {
    if (jumps[event.key]) {
      event.preventDefault();
      toDay(jumps[event.key]());
    } else if (/^[\d-]$/.test(event.key)) {
      typed.current = (typed.current + event.key).slice(-7);
      if (/^\d{4}-\d\d$/.test(typed.current)) toDay(book.days.findLastIndex((_, i) => month(i) <= typed.current));
    }
  };
  const drag = (event) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const bar = event.currentTarget;
    bar.setPointerCapture(event.pointerId);
    const { top, height } = bar.getBoundingClientRect();
    toDay(book.dayAt(((event.clientY - top) / height) * book.height));
  };
  const current = labels.findLast((each) => each.month >= month(now))?.month;
  const slider = { "aria-valuemin": 0, "aria-valuemax": newest, "aria-valuenow": now, "aria-valuetext": nameOf(book.days[now].day) };
  return (
    <div
      className="scrub"
      role="slider"
      tabIndex={0}
      aria-label="Go to date"
      aria-orientation="vertical"
      onKeyDown={key}
      onPointerDown={drag}
      onPointerMove={drag}
      {...slider}
    >
      {labels.map((each) => (
        <span key={each.month} style={{ top: each.at + "%" }} data-now={each.month === current || undefined}>{each.text}</span>
      ))}
    </div>
  );
}
