// The mask editor's screen and hands: what lies over the picture, and what pointers do to it. The screen's canvases are
// as large as the stage, never as the picture, and are redrawn once a frame, where something was touched.
import { Mask } from "./mask.js";

const LARGE = 250_000; // screen pixels; while more is touched in a frame, the edge waits for the end of the stroke
const REST = 120; // ms after the picture stopped moving
const MARGIN = 24;
const [NEAREST, FARTHEST] = [16, 0.02];
const SIDE_MAX = 4096; // what references are scaled to; a finer mask would tell nobody more

const middle = ([a, b]) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
const apart = ([a, b]) => Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;

// Diagonal stripes of one colour on another, as a pattern that repeats.
function stripes(pen, size, ground, stripe, width) {
  const tile = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const tool = tile.getContext("2d");
  tool.fillStyle = ground;
  tool.fillRect(0, 0, size, size);
  tool.strokeStyle = stripe;
  tool.lineWidth = width;
  for (const x of [-size, 0, size]) {
    tool.moveTo(x - size, 2 * size);
    tool.lineTo(x + 2 * size, -size);
  }
  tool.stroke();
  return pen.createPattern(tile, "repeat");
}

export class Easel {
  tool = "brush";
  size = 100;
  panning = false; // the space bar is held

  // `parts` are the elements; `changed` is told when the mask or the zoom changed.
  constructor(parts, width, height, changed) {
    Object.assign(this, parts, { changed });
    const scale = Math.min(1, SIDE_MAX / Math.max(width, height));
    this.mask = new Mask(Math.round(width * scale), Math.round(height * scale));
    this.pens = [this.tint, this.edge].map((canvas) => canvas.getContext("2d", { willReadFrequently: true }));
    this.seen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    this.camera = { scale: 1, x: 0, y: 0 };
    this.fingers = new Map();
    this.act = null; // what the pointer is doing
    this.todo = []; // where it was since the last frame
    this.frame = 0;
    this.soft = 0;
    this.bare = true; // no edge is shown: all of it is drawn next time
    this.sizes = new ResizeObserver(() => this.#resize());
    this.sizes.observe(this.stage);
    this.stage.addEventListener("wheel", this.#wheel, { passive: false });
  }

  close() {
    this.sizes.disconnect();
    this.stage.removeEventListener("wheel", this.#wheel);
    cancelAnimationFrame(this.frame);
    clearTimeout(this.rest);
  }

  fit() {
    const { clientWidth: wide, clientHeight: high } = this.stage;
    const { width, height } = this.mask;
    const margin = Math.min(MARGIN, wide * 0.03);
    const scale = Math.min((wide - 2 * margin) / width, (high - 2 * margin) / height);
    this.fitted = scale;
    this.camera = { scale, x: (wide - width * scale) / 2, y: (high - height * scale) / 2 };
    this.#move();
  }

  // By a factor, around a point of the stage or its middle.
  zoom(by, [x, y] = [this.stage.clientWidth / 2, this.stage.clientHeight / 2]) {
    const { camera } = this;
    const scale = Math.max(Math.min(FARTHEST, this.fitted), Math.min(NEAREST, camera.scale * by));
    const factor = scale / camera.scale;
    this.camera = { scale, x: x - (x - camera.x) * factor, y: y - (y - camera.y) * factor };
    this.#later();
  }

  pan(x, y) {
    this.camera.x += x;
    this.camera.y += y;
    this.#later();
  }

  soften(pixels) {
    this.soft = pixels;
    // A stroke is painted hard: softening the whole screen anew in every frame would hold the brush up.
    this.tint.style.filter = pixels && this.act?.kind !== "line" ? `blur(${pixels * this.camera.scale}px)` : "";
  }

  // Everything that changes the mask at once.
  change(verb, ...values) {
    this.mask[verb](...values);
    this.outline();
    this.draw();
    this.changed();
  }

  // Shows where a shape would lie; without one, takes it away.
  outline(kind, points) {
    this.ghost.setAttribute("d", kind ? this.#path(kind, points) : "");
  }

  down(event) {
    this.stage.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, this.#at(event));
    if (this.fingers.size === 2) return this.#drop(); // two fingers move the picture
    if (this.fingers.size > 2) return undefined;
    if (event.button === 1 || this.panning) return (this.act = { kind: "pan" });
    if (event.button !== 0 && event.button !== 5) return undefined;
    const point = this.#onPicture(this.#at(event));
    const erase = this.tool === "eraser" || event.altKey || event.button === 5; // 5: the other end of a pen
    const line = this.tool === "brush" || this.tool === "eraser";
    this.act = line ? { kind: "line", erase, last: point } : { kind: this.tool, erase, points: [point] };
    this.soften(this.soft);
    this.outline();
    this.todo.push(point);
    return this.#soon();
  }

  move(event) {
    const here = this.#at(event);
    this.#ring(here, event.pointerType);
    const was = this.fingers.get(event.pointerId);
    if (!was) return;
    if (this.fingers.size === 2) {
      const before = [...this.fingers.values()];
      this.fingers.set(event.pointerId, here);
      const after = [...this.fingers.values()];
      const [from, to] = [middle(before), middle(after)];
      this.camera.x += to[0] - from[0];
      this.camera.y += to[1] - from[1];
      this.zoom(apart(after) / apart(before), to);
      return;
    }
    this.fingers.set(event.pointerId, here);
    if (this.act?.kind === "pan") this.pan(here[0] - was[0], here[1] - was[1]);
    else if (this.act) {
      const passed = event.getCoalescedEvents?.() ?? [];
      for (const point of passed.length ? passed : [event]) this.todo.push(this.#onPicture(this.#at(point)));
      this.#soon();
    }
  }

  up(event) {
    if (!this.fingers.delete(event.pointerId) || this.fingers.size || !this.act) return;
    if (event.type === "pointercancel") return this.#drop();
    cancelAnimationFrame(this.frame);
    this.#step();
    const { kind, points, erase } = this.act;
    this.act = null;
    if (kind === "pan") return;
    if (kind !== "line") return points.length > 1 ? this.change("fill", kind, points, erase) : this.outline();
    const box = this.mask.box;
    this.mask.commit();
    this.soften(this.soft);
    this.draw(box);
    this.changed();
  }

  leave() {
    this.ring.hidden = true;
  }

  // Shows the mask, all of it or a box of the picture; `light` leaves the edge out.
  draw(box, light = false) {
    const [tint, edge] = this.pens;
    const { area, source, density } = this.#part(box);
    if (area[2] <= 0 || area[3] <= 0) return;
    for (const pen of [tint, this.seen]) pen.imageSmoothingEnabled = this.camera.scale * density < 1;
    const bare = light || (box && this.act && (this.bare || area[2] * area[3] > LARGE));
    if (bare) {
      if (!this.bare) edge.clearRect(0, 0, this.edge.width, this.edge.height);
      this.bare = true;
      this.#stamp(tint, area, this.hatch, () => tint.drawImage(this.mask.canvas, ...source, ...area));
      return;
    }
    if (this.bare) {
      this.bare = false;
      if (box) return void this.draw(); // the rest has no edge either
    }
    this.seen.clearRect(...area);
    this.seen.drawImage(this.mask.canvas, ...source, ...area);
    this.#stamp(tint, area, this.hatch, () => tint.drawImage(this.seen.canvas, ...area, ...area));
    this.#stamp(edge, area, this.dashes, () => {
      const by = 1.5 * density;
      for (const [dx, dy] of [[-by, -by], [by, -by], [-by, by], [by, by]]) edge.drawImage(this.seen.canvas, dx, dy);
      edge.globalCompositeOperation = "destination-out";
      edge.drawImage(this.seen.canvas, 0, 0);
    });
  }

  // A box of the picture as an area of the screen's pixels, and the part of the mask that lies there.
  #part(box) {
    const density = this.tint.width / this.stage.clientWidth;
    const { scale, x, y } = this.camera;
    const screen = ([left, top, right, bottom]) => [left * scale + x, top * scale + y, right * scale + x, bottom * scale + y].map((side) => side * density);
    const [left, top, right, bottom] = box ? screen(box) : [0, 0, this.tint.width, this.tint.height];
    const gap = 4 * density;
    const [atX, atY] = [Math.max(0, Math.floor(left - gap)), Math.max(0, Math.floor(top - gap))];
    const [wide, high] = [Math.min(this.tint.width, Math.ceil(right + gap)) - atX, Math.min(this.tint.height, Math.ceil(bottom + gap)) - atY];
    const per = density * scale;
    return { area: [atX, atY, wide, high], source: [(atX / density - x) / scale, (atY / density - y) / scale, wide / per, high / per], density };
  }

  // Clears an area, draws a form into it, and fills the form with a pattern.
  #stamp(pen, area, pattern, form) {
    pen.save();
    pen.beginPath();
    pen.rect(...area);
    pen.clip();
    pen.clearRect(...area);
    form();
    pen.globalCompositeOperation = "source-in";
    pen.fillStyle = pattern;
    pen.fillRect(...area);
    pen.restore();
  }

  #resize() {
    const density = Math.min(2, devicePixelRatio);
    const [width, height] = [this.stage.clientWidth * density, this.stage.clientHeight * density].map(Math.round);
    for (const canvas of [this.tint, this.edge, this.seen.canvas]) Object.assign(canvas, { width, height });
    const colour = (name) => getComputedStyle(this.stage).getPropertyValue(name);
    this.hatch = stripes(this.pens[0], Math.round(10 * density), colour("--mask"), colour("--mask-hatch"), 2 * density);
    this.dashes = stripes(this.pens[1], Math.round(10 * density), colour("--mask-light"), colour("--mask-dark"), 3.5 * density);
    this.fit();
  }

  #later() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.#move();
    });
  }

  #move() {
    const { scale, x, y } = this.camera;
    this.picture.style.width = `${this.mask.width}px`;
    this.picture.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    this.soften(this.soft);
    this.outline();
    this.draw(null, true);
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      this.draw();
      this.changed();
    }, REST);
  }

  #soon() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.#step();
    });
  }

  // One drawing for each frame, however often the pointer reported.
  #step() {
    this.frame = 0;
    const points = this.todo.splice(0);
    if (!this.act || !points.length) return;
    const { act } = this;
    if (act.kind === "line") {
      this.draw(this.mask.stroke([act.last, ...points], this.size, act.erase));
      act.last = points.at(-1);
    } else if (act.points) {
      act.points = act.kind === "lasso" ? [...act.points, ...points] : [act.points[0], points.at(-1)];
      this.outline(act.kind, act.points);
    }
  }

  #drop() {
    const had = this.act;
    this.act = null;
    this.todo = [];
    if (!had) return;
    const box = this.mask.box;
    this.mask.cancel();
    this.soften(this.soft);
    this.outline();
    if (box) this.draw(box);
  }

  #wheel = (event) => {
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), this.#at(event));
  };

  #ring(here, pointer) {
    const shown = (this.tool === "brush" || this.tool === "eraser") && pointer !== "touch";
    this.ring.hidden = !shown;
    if (!shown) return;
    const across = this.size * this.camera.scale;
    const [x, y] = [here[0] - across / 2, here[1] - across / 2];
    Object.assign(this.ring.style, { width: `${across}px`, height: `${across}px`, transform: `translate(${x}px, ${y}px)` });
  }

  #at(event) {
    const { left, top } = this.stage.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  #onPicture([x, y]) {
    return [(x - this.camera.x) / this.camera.scale, (y - this.camera.y) / this.camera.scale];
  }

  #path(kind, points) {
    const { scale, x, y } = this.camera;
    const shown = points.map((point) => [point[0] * scale + x, point[1] * scale + y]);
    if (kind === "lasso") return `M${shown.map((point) => point.join()).join("L")}z`;
    const [[a, b], [c, d]] = [shown[0], shown.at(-1)];
    const [left, top, wide, high] = [Math.min(a, c), Math.min(b, d), Math.abs(c - a), Math.abs(d - b)];
    if (kind === "rectangle") return `M${left},${top}h${wide}v${high}h${-wide}z`;
    const [rx, ry] = [wide / 2, high / 2];
    return `M${left},${top + ry}a${rx},${ry} 0 1 0 ${wide},0a${rx},${ry} 0 1 0 ${-wide},0z`;
  }
}
