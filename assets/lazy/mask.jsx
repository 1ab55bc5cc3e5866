// The mask editor: tools, numbers and what it says, around the easel. Nothing here needs a drag: areas can be given by
// numbers and moved by arrow keys. It ends by sending one PNG by HTTP; the server's state learns its id.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Easel } from "./easel.js";
import { canSoften } from "./mask.js";
import { Icon } from "../wall.jsx";

const TOOLS = [
  ["brush", "brush", "Brush", "b"],
  ["eraser", "eraser", "Eraser", "e"],
  ["rectangle", "rect", "Rectangle", "r"],
  ["ellipse", "ellipse", "Ellipse", "o"],
  ["lasso", "lasso", "Lasso", "l"],
];
const SIDES = [["x", "Left"], ["y", "Top"], ["w", "Width"], ["h", "Height"]];
const KEYS = "Arrow keys move the area, with Shift they resize it. Enter adds it, Delete takes it away.";
const NARROW = "(max-width: 899px)";

const clamp = (value, least, most) => Math.max(least, Math.min(most, value));

// A share as it is said: whole per cents, but never none of what is there or all of what is not.
export function percent(share) {
  if (share <= 0 || share >= 1) return `${Math.round(share * 100)} %`;
  return share < 0.005 ? "less than 1 %" : `${clamp(Math.round(share * 100), 1, 99)} %`;
}

function load(address) {
  const image = new Image();
  image.src = address;
  return image.decode().then(() => image);
}

async function send(url, blob, share) {
  const name = encodeURIComponent(`Mask ${percent(share)}`);
  try {
    const answer = await fetch(url, { method: "PUT", body: blob, headers: { "content-type": "image/png", "x-file-name": name } });
    const body = await answer.json();
    return answer.ok ? { id: body.id } : { reason: body.error };
  } catch {
    return { reason: "The mask did not arrive. It is kept here. Try again." };
  }
}

function Slider({ label, value, unit = "px", min, max, shown = value, onChange }) {
  return (
    <label className="sl">
      <span className="label">{label}</span>
      <output className="t13 ink3 num">{`${shown} ${unit}`}</output>
      <input
        type="range"
        className="range"
        min={min}
        max={max}
        value={value}
        style={{ "--v": `${((value - min) / (max - min)) * 100}%` }}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </label>
  );
}

// The exact area in the unit that is chosen; it is kept in pixels of the mask.
function Numbers({ area, unit, size, open, onUnit, onArea, onFill }) {
  const per = { x: size.width, y: size.height, w: size.width, h: size.height };
  const shown = (side) => (unit === "%" ? Math.round((area[side] / per[side]) * 1000) / 10 : Math.round(area[side]));
  const [typed, setTyped] = useState({}); // what stands in the field that is written in
  const change = (side) => (event) => {
    const value = Number(event.target.value.replace(",", "."));
    setTyped({ [side]: event.target.value });
    if (Number.isFinite(value)) onArea({ ...area, [side]: clamp(unit === "%" ? (value / 100) * per[side] : value, 0, per[side]) });
  };
  const submit = (event) => {
    event.preventDefault();
    onFill(false);
  };
  return (
    <details className="exact" open={open}>
      <summary className="row between">
        <span className="label">Exact area</span>
        <Icon name="down" />
      </summary>
      <form className="col g3" onSubmit={submit} onFocus={() => onArea(area)}>
        <div className="seg" role="group" aria-label="Unit">
          {["%", "px"].map((each) => (
            <button key={each} type="button" aria-pressed={unit === each} onClick={() => onUnit(each)}>
              {each === "%" ? "Per cent" : "Pixels"}
            </button>
          ))}
        </div>
        <div className="four">
          {SIDES.map(([side, label]) => (
            <label key={side} className="field">
              <input className="input" inputMode="decimal" name={side} value={typed[side] ?? shown(side)} onChange={change(side)} onBlur={() => setTyped({})} />
              <span className="hint">{label}</span>
            </label>
          ))}
        </div>
        <div className="row">
          <button className="btn btn-2 btn-s" type="submit">Add area</button>
          <button className="btn btn-2 btn-s" type="button" onClick={() => onFill(true)}>Take away</button>
        </div>
      </form>
    </details>
  );
}

export function MaskEditor({ src, width, height, name = "", start = "", previous = "", note = "", problem = "", url = "/api/uploads?for=mask", onUse, onLeave }) {
  const dialog = useRef(null);
  const parts = { stage: useRef(null), picture: useRef(null), tint: useRef(null), edge: useRef(null), ghost: useRef(null), ring: useRef(null) };
  const easel = useRef(null);
  const file = useRef(null);
  const used = useRef(false);
  const heading = useId();
  const [state, setState] = useState({ share: 0, undo: 0, redo: 0, zoom: 1 });
  const [tool, setTool] = useState("brush");
  const [size, setSize] = useState(Math.max(8, Math.round(Math.min(width, height) / 12)));
  const [soft, setSoft] = useState(0);
  const [unit, setUnit] = useState("%");
  const [area, setArea] = useState({ x: width / 4, y: height / 4, w: width / 2, h: height / 2 });
  const [busy, setBusy] = useState(false);
  const [line, setLine] = useState(""); // what went wrong, or what is asked before leaving
  const [narrow] = useState(() => matchMedia(NARROW).matches);

  useLayoutEffect(() => {
    const elements = Object.fromEntries(Object.entries(parts).map(([key, ref]) => [key, ref.current]));
    const made = new Easel(elements, width, height, () => {
      const { mask, camera } = made;
      setState({ share: mask.share, undo: mask.past.length, redo: mask.future.length, zoom: camera.scale });
      setLine("");
    });
    easel.current = made;
    dialog.current.showModal();
    parts.stage.current.focus({ preventScroll: true });
    if (start) take(start);
    return () => {
      made.close();
      if (used.current) proceed();
    };
  }, [src]);
  useEffect(() => {
    Object.assign(easel.current, { tool, size });
  }, [tool, size]);
  useEffect(() => easel.current.soften(soft), [soft]);
  useEffect(() => {
    if (problem) setBusy(false);
  }, [problem]);

  // A mask from somewhere else, laid over the picture.
  const take = async (address) => {
    try {
      easel.current.change("take", await load(address));
    } catch {
      setLine("That picture cannot be opened. The mask is as it was. Choose a PNG.");
    }
  };
  const imported = async (event) => {
    const [chosen] = event.target.files;
    event.target.value = "";
    if (!chosen) return;
    const address = URL.createObjectURL(chosen);
    await take(address);
    URL.revokeObjectURL(address);
  };
  const grid = easel.current?.mask ?? { width, height };
  const kind = tool === "ellipse" ? "ellipse" : "rectangle";
  const corners = ({ x, y, w, h }) => [[x, y], [x + w, y + h]];
  const show = (wanted) => {
    setArea(wanted);
    easel.current.outline(kind, corners(wanted));
  };
  const fill = (erase) => easel.current.change("fill", kind, corners(area), erase);
  const step = (verb, ...values) => easel.current.change(verb, ...values);
  const grown = Math.max(2, Math.round(Math.max(width, height) / 256));

  const stageKey = (event) => {
    if (event.target !== parts.stage.current) return;
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const stepX = grid.width / 100;
    const stepY = grid.height / 100;
    if (arrow && (event.ctrlKey || event.metaKey)) easel.current.pan(-40 * arrow[0], -40 * arrow[1]);
    else if (arrow && event.shiftKey) show({ ...area, w: clamp(area.w + arrow[0] * stepX, stepX, grid.width), h: clamp(area.h + arrow[1] * stepY, stepY, grid.height) });
    else if (arrow) show({ ...area, x: clamp(area.x + arrow[0] * stepX, 0, grid.width - stepX), y: clamp(area.y + arrow[1] * stepY, 0, grid.height - stepY) });
    else if (event.key === "Enter") fill(false);
    else if (event.key === "Delete") fill(true);
    else if (event.key === " ") easel.current.panning = true;
    else return;
    event.preventDefault();
  };
  const key = (event) => {
    if (event.target.matches("input:not([type=range])")) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "z") step(event.shiftKey ? "redo" : "undo");
    else if (command && event.key.toLowerCase() === "y") step("redo");
    else if (command || event.altKey) return;
    else if (event.key === "+" || event.key === "=") easel.current.zoom(1.25);
    else if (event.key === "-") easel.current.zoom(0.8);
    else if (event.key === "0") easel.current.fit();
    else if (event.key === "[") setSize((value) => clamp(Math.round(value / 1.2), 4, largest));
    else if (event.key === "]") setSize((value) => clamp(Math.round(value * 1.2), 4, largest));
    else return;
    event.preventDefault();
  };
  const largest = Math.max(64, Math.round(Math.min(width, height) / 2));
  const leave = (event) => {
    event?.preventDefault();
    if (busy) return;
    if (state.undo > (start ? 1 : 0) && !line) return setLine("This mask is not used yet. Leave once more to drop it.");
    dialog.current.close();
    onLeave?.();
  };
  const use = async () => {
    setBusy(true);
    setLine("");
    const { id, reason } = await send(url, await easel.current.mask.png(soft), state.share);
    if (reason) {
      setBusy(false);
      return setLine(reason);
    }
    used.current = true;
    return onUse?.(id);
  };
  // Back to the composer, past the picture that lies below.
  const proceed = () => {
    document.querySelector("dialog.lb[open]")?.close();
    const sheet = document.getElementById("composer");
    if (sheet instanceof HTMLDialogElement && !sheet.open) sheet.showModal();
    requestAnimationFrame(() => document.querySelector("textarea[name=prompt]")?.focus());
  };
  const hands = {
    onPointerDown: (event) => easel.current.down(event.nativeEvent),
    onPointerMove: (event) => easel.current.move(event.nativeEvent),
    onPointerUp: (event) => easel.current.up(event.nativeEvent),
    onPointerCancel: (event) => easel.current.up(event.nativeEvent),
    onPointerLeave: () => easel.current.leave(),
  };
  const covers = state.share ? `Mask covers ${percent(state.share)}.` : "Nothing is covered yet. Paint where the picture may change.";
  return (
    <dialog ref={dialog} className="mk" aria-labelledby={heading} onCancel={leave} onKeyDown={key}>
      <link rel="stylesheet" href="/lazy/mask.css" precedence="default" />
      <header className="bar">
        <button type="button" className="btn btn-q btn-icon" aria-label="Leave the mask editor" onClick={leave}>
          <Icon name="close" size="" />
        </button>
        <h2 className="strong" id={heading}>Mask</h2>
        <span className="ink3 trunc">{name}</span>
        <span className="row end">
          <button type="button" className="btn btn-q btn-icon" aria-label="Undo" title="Undo" disabled={!state.undo} onClick={() => step("undo")}>
            <Icon name="undo" size="" />
          </button>
          <button type="button" className="btn btn-q btn-icon" aria-label="Redo" title="Redo" disabled={!state.redo} onClick={() => step("redo")}>
            <Icon name="redo" size="" />
          </button>
        </span>
      </header>
      <div className="tools" role="toolbar" aria-label="Mask tools">
        {TOOLS.map(([value, face, label, letter]) => (
          <button key={value} type="button" className="btn btn-q btn-icon" title={label} aria-label={label} aria-pressed={tool === value} data-letter={letter} onClick={() => setTool(value)}>
            <Icon name={face} size="" />
          </button>
        ))}
        <hr />
        <button type="button" className="btn btn-q btn-icon" title="Invert" aria-label="Invert" data-letter="i" onClick={() => step("invert")}>
          <Icon name="invert" size="" />
        </button>
        <button type="button" className="btn btn-q btn-icon" title="Clear" aria-label="Clear" disabled={!state.share} onClick={() => step("clear")}>
          <Icon name="trash" size="" />
        </button>
      </div>
      <div className="pic">
        <div
          className="stage"
          ref={parts.stage}
          tabIndex={0}
          role="application"
          aria-label={`Picture under the mask. ${KEYS}`}
          data-tool={tool}
          onKeyDown={stageKey}
          onKeyUp={(event) => event.key === " " && (easel.current.panning = false)}
          onFocus={(event) => event.target.matches(":focus-visible") && show(area)}
          onBlur={() => (easel.current.panning = false)}
          {...hands}
        >
          <img ref={parts.picture} src={src} alt="" draggable={false} style={{ aspectRatio: `${width} / ${height}` }} />
          <canvas ref={parts.tint} />
          <canvas ref={parts.edge} />
          <svg aria-hidden="true"><path ref={parts.ghost} /></svg>
          <i ref={parts.ring} className="ring" hidden />
        </div>
        <div className="zoom">
          <button type="button" className="btn btn-q btn-icon" aria-label="Zoom out" onClick={() => easel.current.zoom(0.8)}>
            <Icon name="minus" size="" />
          </button>
          <button type="button" className="btn btn-q num" title="Fit" onClick={() => easel.current.fit()}>{`${Math.round((state.zoom * 100 * grid.width) / width)} %`}</button>
          <button type="button" className="btn btn-q btn-icon" aria-label="Zoom in" onClick={() => easel.current.zoom(1.25)}>
            <Icon name="plus" size="" />
          </button>
        </div>
      </div>
      <aside aria-label="Mask settings">
        <div className="opts">
          <Slider label="Brush size" value={size} min={4} max={largest} onChange={setSize} />
          {canSoften && <Slider label="Soft edge" value={soft} min={0} max={60} onChange={setSoft} />}
          <div className="row wrap">
            <button type="button" className="btn btn-2 btn-s" disabled={!state.share} onClick={() => step("grow", grown)}>{`Grow ${grown} px`}</button>
            <button type="button" className="btn btn-2 btn-s" disabled={!state.share} onClick={() => step("grow", -grown)}>{`Shrink ${grown} px`}</button>
          </div>
          <Numbers area={area} unit={unit} size={grid} open={!narrow} onUnit={setUnit} onArea={show} onFill={fill} />
          <div className="row wrap">
            <button type="button" className="btn btn-2 btn-s" onClick={() => file.current.click()}>
              <Icon name="image" />
              Import a mask
            </button>
            {previous && (
              <button type="button" className="btn btn-2 btn-s" onClick={() => take(previous)}>
                <Icon name="undo" />
                From last edit
              </button>
            )}
            <input ref={file} type="file" accept="image/png,image/webp" hidden onChange={imported} />
          </div>
        </div>
        <div className="do">
          <div className="note">
            <Icon name="info" />
            <span><span role="status">{covers}</span>{` ${note}`}</span>
          </div>
          {(line || problem) && <div className="note warn" role="alert"><Icon name="warning" /><span>{line || problem}</span></div>}
          <button type="button" className="btn btn-primary btn-l" disabled={busy || !state.share} onClick={use}>{busy ? "Keeping it" : "Use this mask"}</button>
        </div>
      </aside>
    </dialog>
  );
}
