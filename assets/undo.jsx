// The one toast that waits for an answer: what was deleted, for how long it can come back, and the button.
import { useEffect, useRef, useState } from "react";

export function Undo({ text = "", stamp = 0, seconds = 10, onUndo }) {
  const [left, setLeft] = useState(0);
  const held = useRef(false); // while pointed at or focused, time stands still
  useEffect(() => {
    setLeft(stamp && text ? seconds : 0);
    if (!stamp || !text) return undefined;
    const timer = setInterval(() => held.current || setLeft((before) => Math.max(0, before - 1)), 1000);
    return () => clearInterval(timer);
  }, [stamp, text]);
  const hold = (on) => () => (held.current = on);
  const undo = () => {
    setLeft(0);
    onUndo?.();
  };
  return (
    <div className="undo" aria-live="polite">
      {left > 0 && (
        <div className="toast" onPointerEnter={hold(true)} onPointerLeave={hold(false)} onFocus={hold(true)} onBlur={hold(false)}>
          <span>{text}</span>
          <span className="left num" aria-hidden="true">{left} s</span>
          <button type="button" className="btn btn-s" onClick={undo}>Undo</button>
        </div>
      )}
    </div>
  );
}
