// A mask: one byte for every pixel of its picture, 255 where it may change. Strokes are drawn on a canvas in memory and
// read back from it when they end, so a step costs the box that it touched, and undo keeps boxes, not pictures.
const STEPS = 50;
const BYTES = 96e6;
const CIRCLE = Array.from({ length: 8 }, (_, i) => [Math.cos((i * Math.PI) / 4), Math.sin((i * Math.PI) / 4)]);

export const canSoften = typeof CanvasRenderingContext2D !== "undefined" && "filter" in CanvasRenderingContext2D.prototype;

function sheet(width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  return [canvas, canvas.getContext("2d", { willReadFrequently: true })]; // in memory, where reading is cheap
}

function bounds(points) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

export class Mask {
  constructor(width, height) {
    Object.assign(this, { width, height, past: [], future: [] });
    this.alpha = new Uint8Array(width * height);
    this.sum = 0; // of alpha
    this.box = null; // what was drawn since the last step
    [this.canvas, this.pen] = sheet(width, height);
    Object.assign(this.pen, { lineCap: "round", lineJoin: "round", fillStyle: "#fff", strokeStyle: "#fff" });
  }

  // The part of the picture that may change, 0 to 1.
  get share() {
    return this.sum / 255 / this.alpha.length;
  }

  // Draws a line through points of the picture; answers the box it touched.
  stroke(points, size, erase) {
    const around = size / 2 + 2;
    const [left, top, right, bottom] = bounds(points);
    this.#begin(erase);
    this.pen.lineWidth = size;
    this.pen.moveTo(...points[0]);
    for (const [x, y] of points) this.pen.lineTo(x + 0.01, y); // a line of no length would draw no dot
    this.pen.stroke();
    return this.#touch(left - around, top - around, right + around, bottom + around);
  }

  // Fills a rectangle or an ellipse between two corners, or what a lasso encloses. One step.
  fill(kind, points, erase) {
    const [left, top, right, bottom] = bounds(points);
    this.#begin(erase);
    if (kind === "rectangle") this.pen.rect(left, top, right - left, bottom - top);
    else if (kind === "ellipse") this.pen.ellipse((left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2, 0, 0, 7);
    else points.forEach(([x, y]) => this.pen.lineTo(x, y));
    this.pen.fill();
    this.#touch(left - 2, top - 2, right + 2, bottom + 2);
    this.commit();
  }

  // Makes one step of what was drawn.
  commit() {
    const area = this.#drawn();
    if (!area) return;
    const pixels = new Uint32Array(this.pen.getImageData(...area).data.buffer);
    const bytes = new Uint8Array(pixels.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = pixels[i] >>> 24;
    this.#step(area, bytes);
  }

  // Takes back what was drawn since the last step.
  cancel() {
    const area = this.#drawn();
    if (area) this.#paint(area);
  }

  undo() {
    this.#turn(this.past, this.future);
  }

  redo() {
    this.#turn(this.future, this.past);
  }

  invert() {
    this.#replace(this.alpha.map((value) => 255 - value));
  }

  clear() {
    this.#replace(new Uint8Array(this.alpha.length));
  }

  // Moves the edge outwards, or inwards for less than 0. The picture's own border stays where it is.
  grow(by) {
    const [copy, pen] = sheet(this.width, this.height);
    if (by < 0) {
      pen.fillRect(0, 0, this.width, this.height);
      pen.globalCompositeOperation = "destination-out";
    }
    pen.drawImage(this.canvas, 0, 0);
    this.#begin(by < 0);
    for (const [x, y] of CIRCLE) this.pen.drawImage(copy, x * by, y * by);
    this.#touch(0, 0, this.width, this.height);
    this.commit();
  }

  // Takes a mask from a picture: where it is transparent, or where it is light if nothing in it is transparent.
  take(image) {
    const [, pen] = sheet(this.width, this.height);
    pen.drawImage(image, 0, 0, this.width, this.height);
    const { data } = pen.getImageData(0, 0, this.width, this.height);
    const bytes = new Uint8Array(this.alpha.length);
    let clear = false;
    for (let i = 0; i < bytes.length; i++) clear ||= data[4 * i + 3] < 255;
    for (let i = 0; i < bytes.length; i++) bytes[i] = clear ? 255 - data[4 * i + 3] : (data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 3;
    this.#replace(bytes);
  }

  // A PNG as large as the picture, transparent where it may change.
  png(soft) {
    const [canvas, pen] = sheet(this.width, this.height);
    pen.fillRect(0, 0, this.width, this.height);
    pen.globalCompositeOperation = "destination-out";
    if (soft) pen.filter = `blur(${soft}px)`;
    pen.drawImage(this.canvas, 0, 0);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }

  #begin(erase) {
    this.pen.globalCompositeOperation = erase ? "destination-out" : "source-over";
    this.pen.beginPath();
  }

  #touch(left, top, right, bottom) {
    const box = (this.box ??= [Infinity, Infinity, -Infinity, -Infinity]);
    this.box = [Math.min(box[0], left), Math.min(box[1], top), Math.max(box[2], right), Math.max(box[3], bottom)];
    return [left, top, right, bottom];
  }

  // What was drawn as x, y, width and height within the picture, and forgets it; nothing when there is none.
  #drawn() {
    if (!this.box) return null;
    const [left, top] = [Math.max(0, Math.floor(this.box[0])), Math.max(0, Math.floor(this.box[1]))];
    const [right, bottom] = [Math.min(this.width, Math.ceil(this.box[2])), Math.min(this.height, Math.ceil(this.box[3]))];
    this.box = null;
    return right > left && bottom > top ? [left, top, right - left, bottom - top] : null;
  }

  #replace(bytes) {
    const area = [0, 0, this.width, this.height];
    this.#step(area, bytes);
    this.#paint(area);
  }

  #step(area, bytes) {
    this.past.push({ area, bytes: this.#swap(area, bytes) });
    this.future = [];
    let kept = this.past.reduce((sum, step) => sum + step.bytes.length, 0);
    while (this.past.length > STEPS || (kept > BYTES && this.past.length > 1)) kept -= this.past.shift().bytes.length;
  }

  #turn(from, to) {
    const step = from.pop();
    if (!step) return;
    to.push({ area: step.area, bytes: this.#swap(step.area, step.bytes) });
    this.#paint(step.area);
  }

  // Puts bytes into an area and answers what was there.
  #swap([x, y, width, height], bytes) {
    const old = new Uint8Array(width * height);
    for (let row = 0; row < height; row++) {
      const at = (y + row) * this.width + x;
      const line = this.alpha.subarray(at, at + width);
      old.set(line, row * width);
      line.set(bytes.subarray(row * width, (row + 1) * width));
    }
    for (let i = 0; i < old.length; i++) this.sum += bytes[i] - old[i];
    return old;
  }

  // Bytes back onto the canvas.
  #paint([x, y, width, height]) {
    const data = new ImageData(width, height);
    const pixels = new Uint32Array(data.data.buffer);
    for (let row = 0; row < height; row++) {
      const at = (y + row) * this.width + x;
      for (let column = 0; column < width; column++) pixels[row * width + column] = (this.alpha[at + column] << 24) | 0xffffff;
    }
    this.pen.putImageData(data, x, y);
  }
}
