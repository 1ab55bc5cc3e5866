// What the wall's book must keep true, each as one scenario. test_book.py runs them: `bun book_scenarios.mjs <name>`.
import assert from "node:assert/strict";
import { Book, change, has } from "../../assets/book.js";

const SHAPES = "2<BHPPPPX_fm"; // from wide to tall
const DAY = 86_400_000;

// The server: rows by id, a version, and what it was asked.
class Server {
  rows = [];
  gone = new Set();
  version = 1;
  asked = [];

  constructor(count, daysBack = 40) {
    let seed = 7;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (let i = 0; i < count; i++) {
      const day = new Date(Date.UTC(2026, 10, 20) - Math.floor((1 - i / count) * daysBack) * DAY).toISOString().slice(0, 10);
      this.rows.push({ id: 1 + i * 3, shape: SHAPES[Math.floor(random() * SHAPES.length)], day, title: `Picture ${i}` });
    }
    globalThis.fetch = async (url) => this.answer(new URL(url, "http://wall"));
  }
  live = () => this.rows.filter((row) => !this.gone.has(row.id));
  card = ({ id, title }) => ({ id, s: `/media/${id}/640`, c: "#888888", t: title, r: 0, w: 100, h: 100 });
  newest = () =>
    this.live().slice(-24).reverse().map(({ id, shape, day, title }) => ({ id, src: "", colour: "#888888", title, rating: 0, width: 100, height: 100, day, shape, model: "sketch" }));
  add(day = "2026-11-20") {
    this.rows.push({ id: this.rows.at(-1).id + 3, shape: "P", day, title: "New" });
    this.version++;
  }
  remove(...ids) {
    for (const id of ids) this.gone.add(id);
    this.version++;
  }
  restore(...ids) {
    for (const id of ids) this.gone.delete(id);
    this.version++;
  }
  answer(url) {
    this.asked.push(url.pathname);
    if (this.broken) return { ok: false, status: 500 };
    const rows = this.live();
    const from = Number(url.searchParams.get("from"));
    const to = Number(url.searchParams.get("to") ?? Infinity);
    const days = new Map();
    for (const { day } of rows) days.set(day, (days.get(day) ?? 0) + 1);
    const index = { n: rows.length, top: rows.at(-1)?.id ?? 0, days: [...days], r: rows.map((row) => row.shape).join(""), a: rows.filter((_, i) => i % 100 === 0).map((row) => row.id), head: rows.slice(-60).reverse().map(this.card), v: this.version };
    const page = rows.filter((row) => row.id >= from && row.id < to).slice(0, 100).map(this.card);
    return { ok: true, json: async () => structuredClone(url.pathname === "/api/wall" ? index : page) };
  }
  tell(book) {
    return book.merge(this.newest(), this.live().length, this.version);
  }
}

const settled = () => new Promise((done) => setTimeout(done, 30));

async function opened(count, { width = 1000, columns = 4, view = "wall" } = {}) {
  const server = new Server(count);
  const book = new Book();
  book.layout(0, { width, columns, view });
  await book.load("");
  server.tell(book);
  return { server, book };
}

const boxes = (book) => Array.from({ length: book.count }, (_, k) => book.box(k));

function assertNoOverlap(book) {
  const all = boxes(book);
  const byTop = [...all.keys()].sort((a, b) => all[a].y - all[b].y);
  byTop.forEach((k, i) => {
    const box = all[k];
    assert.ok(box.x >= 0 && box.x + box.w <= book.width + 0.5, `${k} leaves the wall`);
    for (let j = i + 1; j < byTop.length && all[byTop[j]].y < box.y + box.h; j++) {
      const other = all[byTop[j]];
      assert.ok(other.x >= box.x + box.w - 0.01 || other.x + other.w <= box.x + 0.01, `${k} and ${byTop[j]} overlap`);
    }
  });
}

export const scenarios = {
  async tiles_never_overlap() {
    for (const view of ["wall", "grid", "list"]) {
      for (const columns of [1, 2, 5]) assertNoOverlap((await opened(900, { view, columns })).book);
    }
  },

  async days_follow_each_other_newest_first() {
    const { book } = await opened(900);
    assert.equal(book.count, 900);
    for (let i = 1; i < book.days.length; i++) {
      const [older, newer] = [book.days[i - 1], book.days[i]];
      assert.equal(older.top, newer.top + newer.height);
      assert.equal(newer.from, older.from + older.count);
    }
    assert.equal(book.height, book.days[0].top + book.days[0].height);
  },

  async a_new_picture_moves_one_column_of_the_top_day() {
    const { server, book } = await opened(900);
    const today = book.days.at(-1);
    const before = boxes(book);
    const height = today.height;
    server.add();
    server.tell(book);
    assert.equal(book.count, 901);
    assert.deepEqual(server.asked, ["/api/wall"], "a pushed picture needs no request");
    const moved = before.flatMap((box, k) => (k >= today.from && JSON.stringify(box) !== JSON.stringify(book.box(k)) ? [box.x] : []));
    assert.equal(new Set(moved).size, 1);
    const grown = book.days.at(-1).height - height;
    for (let k = 0; k < today.from; k++) assert.equal(book.box(k).y, before[k].y + grown);
    assertNoOverlap(book);
  },

  async a_pushed_video_says_how_long_it_lasts() {
    const { server, book } = await opened(3);
    const [newest, ...older] = server.newest();
    const film = { ...newest, id: newest.id + 3, kind: "video", milliseconds: 5040 };
    book.merge([film, newest, ...older], 4, server.version + 1);
    assert.equal(book.card(3).m, 5040);
    book.merge([{ ...film, id: film.id + 3, kind: "image", milliseconds: 0 }, film, newest, ...older], 5, server.version + 2);
    assert.equal(book.card(4).m, undefined);
  },

  async the_newest_of_a_short_day_lies_left() {
    const { server, book } = await opened(200);
    for (let i = 0; i < 3; i++) server.add("2026-11-21");
    server.tell(book);
    const left = [199, 200, 201, 202].map((k) => book.box(k).x);
    assert.ok(left[3] === 0 && left[3] < left[2] && left[2] < left[1]);
  },

  async a_deleted_picture_vanishes_and_comes_back_to_its_place() {
    const { server, book } = await opened(900);
    book.watched = () => [book.card(880).id];
    await book.idOf(500);
    const before = boxes(book);
    const [id, key, next] = [book.card(860).id, book.keyOf(870), book.card(861).id];
    server.remove(id);
    server.tell(book);
    await settled();
    assert.equal(book.count, 899);
    assert.equal(book.numberOf(id), -1);
    assert.equal(book.card(860).id, next);
    assert.equal(book.keyOf(869), key, "the same element goes on showing the same picture");
    assertNoOverlap(book);
    server.restore(id);
    server.tell(book);
    await settled();
    assert.equal(book.card(860).id, id);
    assert.deepEqual(boxes(book), before);
  },

  async cards_on_the_screen_stay_while_the_index_is_read_again() {
    const { server, book } = await opened(900);
    const near = await book.idOf(350);
    book.watched = () => [near];
    let blank = 0;
    book.subscribe(() => (blank += book.card(book.numberOf(near)) ? 0 : 1));
    server.remove(await book.idOf(5), await book.idOf(320));
    server.tell(book);
    await settled();
    assert.equal(blank, 0);
    assert.equal(book.card(348).id, near);
    assert.equal(book.keyOf(348), "1:350");
  },

  async pages_kept_over_a_deletion_are_read_again_when_seen() {
    const { server, book } = await opened(900);
    await book.idOf(150);
    server.rows[150].title = "Renamed";
    server.remove(server.rows[600].id);
    server.tell(book);
    await settled();
    assert.equal(book.card(150).t, "Picture 150", "the old card is shown at once");
    book.want(140, 160);
    await settled();
    assert.equal(book.card(150).t, "Renamed");
  },

  async anchors_find_any_picture() {
    const { server, book } = await opened(1234);
    for (const k of [0, 99, 100, 677, 1233]) assert.equal(await book.find(server.rows[k].id), k);
    assert.equal(await book.find(server.rows[677].id + 1), -1);
    const pages = server.asked.filter((path) => path === "/api/cards").length;
    assert.ok(pages <= 4, `${pages} pages were read`);
  },

  async old_news_changes_nothing() {
    const { server, book } = await opened(300);
    server.tell(book);
    book.merge([], 0, 0);
    await settled();
    assert.deepEqual(server.asked.filter((path) => path === "/api/wall").length, 2, "only the total that went down was worth a look");
    assert.equal(book.count, 300);
  },

  async without_a_version_the_total_tells() {
    const { server, book } = await opened(300);
    server.version = 0;
    book.version = 0;
    server.gone.add(server.rows[10].id);
    book.merge(server.newest(), 299, 0);
    await settled();
    assert.equal(book.count, 299);
    server.gone.clear();
    book.merge(server.newest(), 300, 0);
    await settled();
    assert.equal(book.count, 300);
  },

  async the_shown_picture_gives_way_to_its_older_neighbour() {
    const { server, book } = await opened(300);
    book.show(290);
    const older = book.card(289).id;
    server.remove(book.shown.id);
    server.tell(book);
    await settled();
    assert.deepEqual(book.shown, { k: 289, id: older });
    server.remove(...server.live().map((row) => row.id));
    server.tell(book);
    await settled();
    assert.equal(book.shown.k, -1);
    assert.equal(book.count, 0);
  },

  async a_first_failure_can_be_tried_again() {
    const server = new Server(50);
    server.broken = true;
    const book = new Book();
    await book.load("");
    assert.equal(book.state, "failed");
    server.broken = false;
    await book.load("");
    assert.equal(book.state, "ready");
    assert.equal(book.count, 50);
  },

  async the_last_filter_wins() {
    const { server, book } = await opened(300);
    const slow = server.answer.bind(server);
    globalThis.fetch = async (url) => {
      if (url.endsWith("q=slow")) await new Promise((done) => setTimeout(done, 15));
      return slow(new URL(url, "http://wall"));
    };
    const first = book.load("q=slow");
    server.gone.add(1);
    await book.load("q=fast");
    server.gone.clear();
    await first;
    assert.equal(book.count, 299);
  },

  async arrow_keys_go_where_they_point() {
    for (const view of ["wall", "grid"]) {
      const { book } = await opened(900, { view });
      for (let k = 100; k < 800; k += 37) {
        const here = book.box(k);
        const [below, right] = [book.box(book.near(k, 0, 1)), book.near(k, 1, 0)];
        assert.ok(below.y > here.y, "down is lower");
        assert.ok(book.box(right).x > here.x || right === k - 1, "right is further right, or the next in time");
      }
      assert.equal(book.near(0, 1, 0), 0);
    }
  },

  async ranges_join_split_and_vanish() {
    let chosen = change([], true, 10, 10);
    chosen = change(chosen, true, 20, 30);
    assert.deepEqual(chosen, [[10, 10], [20, 30]]);
    assert.deepEqual(change(chosen, true, 11, 19), [[10, 30]]);
    assert.deepEqual(change(chosen, false, 24, 26), [[10, 10], [20, 23], [27, 30]]);
    assert.deepEqual(change(chosen, false, 0, 99), []);
    assert.ok(has(chosen, 25) && !has(chosen, 15));
  },
};

const name = process.argv[2];
await scenarios[name]();
