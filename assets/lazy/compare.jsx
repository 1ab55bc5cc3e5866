// Two pictures one over the other or side by side. Everything is a native range, button or choice: no drag is needed,
// though a press on the picture moves the slider there.
import { useId, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "../wall.jsx";

const WAYS = [["slider", "Slider"], ["overlay", "Overlay"], ["side", "Side by side"], ["difference", "Difference"]];

function Range({ label, left, right, value, onChange }) {
  return (
    <div className="ends">
      <button type="button" className="btn btn-2 btn-s" aria-pressed={value === 100} onClick={() => onChange(100)}>{left}</button>
      <input type="range" className="range" aria-label={label} min="0" max="100" value={value} style={{ "--v": `${value}%` }} onChange={(event) => onChange(Number(event.target.value))} />
      <button type="button" className="btn btn-2 btn-s" aria-pressed={value === 0} onClick={() => onChange(0)}>{right}</button>
    </div>
  );
}

export function Compare({ left = [], right, onLeave }) {
  const dialog = useRef(null);
  const heading = useId();
  const [way, setWay] = useState("slider");
  const [chosen, setChosen] = useState(0);
  const [value, setValue] = useState(50); // how much of the left one shows
  const before = left[Math.min(chosen, left.length - 1)];
  useLayoutEffect(() => dialog.current.showModal(), []);

  const place = (event) => {
    if (way !== "slider" || (event.type === "pointermove" && !event.buttons)) return;
    const { left: start, width } = event.currentTarget.getBoundingClientRect();
    setValue(Math.round(Math.max(0, Math.min(1, (event.clientX - start) / width)) * 100));
  };
  const over = {
    slider: { clipPath: `inset(0 0 0 ${value}%)` },
    overlay: { opacity: 1 - value / 100 },
    difference: { mixBlendMode: "difference" },
  }[way];
  return (
    <dialog ref={dialog} className="cmp" data-way={way} aria-labelledby={heading} onClose={() => onLeave?.()}>
      <link rel="stylesheet" href="/lazy/compare.css" precedence="default" />
      <header className="bar">
        <button type="button" className="btn btn-q btn-icon" aria-label="Close" onClick={() => dialog.current.close()}>
          <Icon name="close" size="" />
        </button>
        <h2 className="strong" id={heading}>Compare</h2>
        {left.length > 1 && (
          <select className="input select" aria-label="Compare with" value={chosen} onChange={(event) => setChosen(Number(event.target.value))}>
            {left.map((side, number) => <option key={side.src} value={number}>{side.name}</option>)}
          </select>
        )}
        <div className="seg" role="group" aria-label="How">
          {WAYS.map(([each, label]) => (
            <button key={each} type="button" aria-pressed={way === each} onClick={() => setWay(each)}>{label}</button>
          ))}
        </div>
      </header>
      <div className="pics">
        <div className="both" style={{ "--shape": right.width / right.height, "--v": `${value}%` }} onPointerDown={place} onPointerMove={place}>
          <img src={before.src} alt={`Left: ${before.name}`} draggable={false} />
          <img src={right.src} alt={`Right: ${right.name}`} draggable={false} style={over} />
          {way === "slider" && <i className="split" />}
        </div>
      </div>
      <footer>
        {way === "slider" && <Range label="How much of the left picture shows" left="Show left" right="Show right" value={value} onChange={setValue} />}
        {way === "overlay" && <Range label="Opacity of the left picture" left="Show left" right="Show right" value={value} onChange={setValue} />}
        {way === "difference" && <p className="hint">Black is the same in both; the brighter, the more it differs.</p>}
        <p className="names hint"><span className="trunc">{before.name}</span><span className="trunc">{right.name}</span></p>
      </footer>
    </dialog>
  );
}
