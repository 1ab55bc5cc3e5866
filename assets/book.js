// The wall's book: one character of shape per picture, a count per day, and pages of cards on demand.
// Pictures are numbered from the OLDEST, so a new one changes no other number; a deletion renumbers the newer ones.
const PAGE = 100;
const PAGES_KEPT = 60;
const BAND = 40; // height of a day's heading
const GAP = 8;
const ROW = 64; // height of a line in the list view
// Height / width behind each character; gallery/feed.py writes them.
const SHAPE = Float32Array.from({ length: 128 }, (_, code) => Math.exp((code - 80) / 41));

const read = async (url) => {
  const answer = await fetch(url, { credentials: "same-origin", cache: "no-cache" });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
};

// The last position in 0..count-1 for which `test` holds, when it holds from the start up to somewhere.
const lastWhere = (count, test) => {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (test(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
};

// Each arranger places one day's pictures below its heading and answers how high the day became.
const arrangers = {
  // Filled from the day's oldest picture, so a new one pushes down one column only. Newer columns lie to the left.
  wall({ place, shapes, columns, column }, day) {
    const heights = new Float64Array(columns);
    const end = day.from + day.count;
    for (let k = day.from; k < end; k++) {
      let lane = 0;
      for (let other = 1; other < columns; other++) if (heights[other] < heights[lane]) lane = other;
      place.x[k] = lane;
      place.w[k] = column;
      place.h[k] = Math.round(column * SHAPE[shapes[k]]);
      heights[lane] += place.h[k] + GAP;
    }
    const leftmost = Math.min(columns, day.count) - 1;
    const tops = new Float64Array(columns).fill(BAND);
    for (let k = end - 1; k >= day.from; k--) {
      const lane = place.x[k];
      place.x[k] = (leftmost - lane) * (column + GAP);
      place.y[k] = tops[lane];
      tops[lane] += place.h[k] + GAP;
    }
    return Math.max(...tops);
  },
  // Rows of one height, newest first, each stretched to the full width but for the last.
  grid({ place, shapes, width, column }, day) {
    let top = BAND;
    let next = day.from + day.count - 1;
    let height = column * 0.85;
    while (next >= day.from) {
      const first = next;
      let ratios = 0; // how wide the row would be at height 1
      const space = () => width - (first - next - 1) * GAP;
      while (next >= day.from && (!ratios || ratios * column * 0.85 < space())) ratios += 1 / SHAPE[shapes[next--]];
      const last = next < day.from;
      height = Math.min(space() / ratios, last ? height : Infinity);
      let left = 0;
      for (let k = first; k > next; k--) {
        place.x[k] = left;
        place.y[k] = top;
        place.w[k] = height / SHAPE[shapes[k]];
        place.h[k] = Math.round(height);
        left += place.w[k] + GAP;
      }
      top += Math.round(height) + GAP;
    }
    return top;
  },
  list({ place, width }, day) {
    for (let k = day.from; k < day.from + day.count; k++) {
      place.x[k] = 0;
      place.y[k] = BAND + (day.from + day.count - 1 - k) * ROW;
      place.w[k] = width;
      place.h[k] = ROW;
    }
    return BAND + day.count * ROW + GAP;
  },
};

export class Book {
  state = "loading"; // loading, ready, failed
  query = null;
  version = 0;
  count = 0;
  total = undefined; // how many the server last said there are, under no filter
  top = 0; // the newest id
  days = []; // oldest first: {day, count, from, top, height}
  shapes = new Uint8Array(0);
  anchors = []; // the id of every hundredth picture: what makes a page reachable by key
  pages = new Map(); // page number → {cards, stale}
  head = new Map(); // number → card, for the newest ones, which come with the index
  coming = new Map();
  place = null;
  width = 0;
  height = 0;
  edition = 0; // grows when numbers change their meaning
  shown = { k: -1, id: 0 }; // the picture in the large view
  last = 0; // the id it showed last; its tile keeps a ring
  watched = () => []; // ids on the screen; the wall says which
  goBack = () => {}; // gives the focus back to a tile
  tick = 0;
  listeners = new Set();

  subscribe = (listener) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = () => this.tick;
  tell() {
    this.tick++;
    for (const listener of this.listeners) listener();
  }

  // ---- the index

  async load(query) {
    if (query === this.query && this.state === "ready") return this.reload();
    this.query = query;
    this.total = undefined;
    if (this.state === "failed") {
      this.state = "loading";
      this.tell();
    }
    try {
      const index = await this.readIndex(query);
      if (!index) return;
      this.pages = new Map();
      this.adopt(index);
    } catch {
      if (this.query !== query) return;
      if (this.count === 0) this.state = "failed";
      this.behind = true;
      this.tell();
    }
  }

  // The same filter again, after something vanished, came back or was renamed. What is on the screen is read before
  // anything changes, so that no tile goes blank in between.
  async reload() {
    this.again = true;
    if (this.reloading) return;
    this.reloading = true;
    try {
      while (this.again) {
        this.again = false;
        await this.refetch(this.query);
      }
      this.behind = false;
    } catch {
      this.behind = true;
    } finally {
      this.reloading = false;
    }
  }

  async refetch(query) {
    const index = await this.readIndex(query);
    if (!index || (this.version && index.v === this.version)) return;
    const fresh = new Map();
    const brought = new Set(index.head.map((card) => card.id));
    for (const id of [this.shown.id, ...this.watched()]) {
      if (id && index.n && !brought.has(id)) fresh.set(lastWhere(index.a.length, (p) => index.a[p] <= id), null);
    }
    await Promise.all([...fresh.keys()].map(async (p) => fresh.set(p, await this.readPage(index.a, p, query))));
    if (query !== this.query) return;
    const known = this.known();
    const buckets = new Map();
    for (const id of [...known.keys()].sort((a, b) => a - b)) {
      const p = lastWhere(index.a.length, (at) => index.a[at] <= id);
      buckets.set(p, [...(buckets.get(p) ?? []), known.get(id)]);
    }
    this.pages = new Map();
    for (const [p, cards] of buckets) {
      if (cards.length === Math.min(PAGE, index.n - p * PAGE)) this.pages.set(p, { cards, stale: true });
    }
    this.edition++;
    for (const [p, cards] of fresh) this.keep(p, cards, known);
    this.adopt(index, known);
  }

  async readIndex(query) {
    const index = await read("/api/wall?" + query);
    return query === this.query ? index : null; // a newer filter won
  }

  adopt(index, known = new Map()) {
    this.version = index.v ?? 0;
    this.state = "ready";
    this.count = index.n;
    this.top = index.top;
    this.anchors = index.a;
    this.days = index.days.map(([day, count]) => ({ day, count, from: 0, top: 0, height: 0 }));
    this.shapes = Uint8Array.from(index.r, (character) => character.charCodeAt(0));
    this.place = null;
    if (!known.size) this.edition++;
    this.head = new Map();
    index.head.forEach((card, i) => this.head.set(index.n - 1 - i, this.named(card, index.n - 1 - i, known)));
    if (this.shown.k >= 0) this.follow();
    this.layout();
    this.tell();
  }

  // The shown picture under its new number; when it was deleted, its older neighbour, else the newer one.
  follow() {
    const k = this.numberOf(this.shown.id);
    if (k < 0) this.show(Math.min(Math.max(this.shown.k - 1, 0), this.count - 1));
    else this.shown.k = k;
  }

  // What the server pushed: the newest cards (newest first), how many pictures there are in all, and the wall's
  // version, which grows by one with every change. Only new pictures can be added as they come.
  merge(newest, total, version) {
    if (this.state !== "ready") return;
    const before = this.total;
    this.total = total;
    const startValues = before === undefined && !total && !newest.length;
    if (startValues || (version && version <= this.version)) return;
    const fresh = newest.filter((card) => card.id > this.top);
    // Both: one change may bring several pictures back, and only some of them lie above the newest one held here.
    const expected = this.count + fresh.length === total && (!version || this.version + fresh.length === version);
    if (this.query ? version || (before !== undefined && total !== before) : !expected) this.reload();
    else if (fresh.length && !this.query) this.append(fresh, version);
  }

  append(fresh, version) {
    const changed = Math.max(0, this.days.length - 1); // only the newest day is laid out again
    for (const { id, src, colour, title, rating, width, height, day, shape, kind, milliseconds } of fresh.toReversed()) {
      const k = this.count++;
      this.reserve(k + 1);
      this.shapes[k] = shape.charCodeAt(0);
      if (k % PAGE === 0) this.anchors[k / PAGE] = id;
      const card = { id, s: src, c: colour, t: title, r: rating, w: width, h: height };
      if (kind === "video") card.m = milliseconds;
      this.head.set(k, this.named(card, k));
      const newestDay = this.days.at(-1);
      if (newestDay && day <= newestDay.day) newestDay.count++;
      else this.days.push({ day, count: 1, from: k, top: 0, height: 0 });
      this.top = id;
    }
    this.version = version || this.version;
    this.layout(changed);
    this.tell();
  }

  reserve(size) {
    if (size <= this.shapes.length) return;
    const larger = new Uint8Array(Math.ceil(size * 1.2) + 64);
    larger.set(this.shapes);
    this.shapes = larger;
    this.place = null;
  }

  // ---- cards

  card(k) {
    const card = this.head.get(k);
    if (card) return card;
    const number = Math.floor(k / PAGE);
    const page = this.pages.get(number);
    if (!page) return undefined;
    this.pages.delete(number); // the least recently used page goes first
    this.pages.set(number, page);
    return page.cards[k % PAGE];
  }

  // A name that follows the picture through renumbering: React keeps its element, and it can slide.
  named(card, k, known) {
    card.key = known?.get(card.id)?.key ?? `${this.edition}:${k}`;
    return card;
  }
  keyOf(k) {
    return this.card(k)?.key ?? `${this.edition}:${k}`;
  }

  known() {
    const cards = [...[...this.pages.values()].flatMap((page) => page.cards), ...this.head.values()];
    return new Map(cards.map((card) => [card.id, card]));
  }

  async readPage(anchors, p, query) {
    const to = anchors[p + 1] ? `&to=${anchors[p + 1]}` : "";
    return read(`/api/cards?from=${anchors[p]}${to}&${query}`);
  }

  keep(p, cards, known = this.known()) {
    cards.forEach((card, i) => this.named(card, p * PAGE + i, known));
    this.pages.set(p, { cards, stale: false });
    for (const old of this.pages.keys()) {
      if (this.pages.size <= PAGES_KEPT) break;
      this.pages.delete(old);
    }
  }

  fetchPage(p) {
    const page = this.pages.get(p);
    if ((page && !page.stale) || this.anchors[p] === undefined) return undefined;
    if (this.coming.has(p)) return this.coming.get(p);
    const { query, edition } = this;
    const arrival = this.readPage(this.anchors, p, query)
      .then((cards) => {
        if (query !== this.query || edition !== this.edition) return;
        this.keep(p, cards);
        this.tell();
      })
      .catch(() => setTimeout(() => this.tell(), 4000)) // the wall asks again when it is told
      .finally(() => this.coming.delete(p));
    this.coming.set(p, arrival);
    return arrival;
  }

  want(low, high) {
    for (let p = Math.floor(low / PAGE); p <= Math.floor(high / PAGE); p++) {
      const covered = Array.from({ length: PAGE }, (_, i) => p * PAGE + i).every((k) => k < low || k > high || this.head.has(k));
      if (!covered) this.fetchPage(p);
    }
  }

  async idOf(k) {
    if (!this.card(k)) await this.fetchPage(Math.floor(k / PAGE));
    return this.card(k)?.id;
  }

  pageOf(id) {
    return lastWhere(this.anchors.length, (p) => this.anchors[p] <= id);
  }

  // The number of a picture whose card is held, else -1.
  numberOf(id) {
    const from = this.pageOf(id) * PAGE;
    for (let k = from; k < Math.min(from + PAGE, this.count); k++) if (this.card(k)?.id === id) return k;
    return -1;
  }

  async find(id) {
    if (this.numberOf(id) < 0) await this.fetchPage(this.pageOf(id));
    return this.numberOf(id);
  }

  // ---- the large view

  show(k) {
    const from = this.shown.k;
    this.shown = { k, id: k >= 0 ? this.card(k)?.id ?? 0 : 0 };
    if (k >= 0) {
      this.last = this.shown.id;
      this.want(Math.max(0, k - 10), Math.min(this.count - 1, k + 10));
    }
    this.tell();
    if (k < 0 && from >= 0) this.goBack(Math.min(from, this.count - 1));
  }

  // ---- where everything lies

  layout(since = 0, { width = this.width, columns = this.columns, view = this.view } = {}) {
    Object.assign(this, { width, columns, view, column: (width - GAP * (columns - 1)) / columns });
    if (!width) return;
    if (!this.place) {
      const size = this.shapes.length;
      const [x, y, w, h] = [new Float32Array(size), new Int32Array(size), new Float32Array(size), new Uint16Array(size)];
      this.place = { x, y, w, h };
      since = 0;
    }
    for (let i = since; i < this.days.length; i++) {
      const day = this.days[i];
      day.from = i ? this.days[i - 1].from + this.days[i - 1].count : 0;
      day.height = arrangers[view](this, day);
    }
    this.height = 0;
    for (const day of this.days.toReversed()) {
      day.top = this.height;
      this.height += day.height;
    }
  }

  box(k) {
    const { x, y, w, h } = this.place;
    return { x: x[k], y: this.days[this.dayOf(k)].top + y[k], w: w[k], h: h[k] };
  }
  dayOf(k) {
    return lastWhere(this.days.length, (i) => this.days[i].from <= k);
  }
  dayAt(y) {
    const newest = this.days.length - 1;
    return newest - lastWhere(this.days.length, (i) => this.days[newest - i].top <= y);
  }

  // Numbers and days between two heights, newest first.
  visible(from, to) {
    const tiles = [];
    const days = [];
    if (!this.count || !this.place) return { tiles, days };
    for (let i = this.dayAt(from); i >= 0 && this.days[i].top < to; i--) {
      const day = this.days[i];
      days.push(day);
      for (let k = day.from + day.count - 1; k >= day.from; k--) {
        const y = day.top + this.place.y[k];
        if (y < to && y + this.place.h[k] > from) tiles.push(k);
      }
    }
    return { tiles, days };
  }

  // The picture that lies next in a direction; past the end of a row, the next one in time.
  near(k, right, down) {
    const here = this.box(k);
    let best = -1;
    let least = Infinity;
    for (const j of this.visible(here.y - 1600, here.y + here.h + 1600).tiles) {
      const there = this.box(j);
      const across = there.x + there.w / 2 - here.x - here.w / 2;
      const along = there.y + there.h / 2 - here.y - here.h / 2;
      const beside = there.y < here.y + here.h && there.y + there.h > here.y;
      const ahead = right ? beside && across * right > 1 : along * down > 1 && !(beside && Math.abs(across) > 1);
      const cost = right ? Math.abs(across) * 4 + Math.abs(along) : Math.abs(along) + Math.abs(across) * 2;
      if (!ahead || cost >= least) continue;
      best = j;
      least = cost;
    }
    if (best >= 0) return best;
    return right ? Math.max(0, Math.min(this.count - 1, k - right)) : k;
  }

  // The picture nearest to a point, for whole screens at a time.
  closest(x, y) {
    const distance = (k) => Math.hypot(this.box(k).x - x, this.box(k).y - y);
    const { tiles } = this.visible(y - 800, y + 800);
    return tiles.length ? tiles.reduce((a, b) => (distance(b) < distance(a) ? b : a)) : y < 0 ? this.count - 1 : 0;
  }
}

export const book = new Book();

// A selection is a sorted list of [low id, high id]: everything, or one day, costs as much as one picture.
export const has = (ranges, id) => ranges.some(([low, high]) => id >= low && id <= high);

export function change(ranges, add, low, high) {
  const kept = [];
  for (const [from, to] of ranges) {
    if (to < low - 1 || from > high + 1) kept.push([from, to]);
    else if (add) [low, high] = [Math.min(low, from), Math.max(high, to)];
    else kept.push([from, Math.min(to, low - 1)], [Math.max(from, high + 1), to]);
  }
  if (add) kept.push([low, high]);
  return kept.filter(([from, to]) => from <= to).sort((a, b) => a[0] - b[0]);
}
