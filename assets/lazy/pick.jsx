// A dialog with the newest of one's own pictures, found by words. It reads /api/wall by itself, when it opens.
import { useEffect, useRef, useState } from "react";
import { Icon } from "../wall.jsx";

const PAUSE = 150;

function useCards(words, open) {
  const [found, setFound] = useState(null);
  useEffect(() => {
    if (!open) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const answer = await fetch("/api/wall?kind=image&q=" + encodeURIComponent(words), { signal: stop.signal });
        setFound(answer.ok ? (await answer.json()).head : []);
      } catch (error) {
        if (error.name !== "AbortError") setFound([]);
      }
    }, words ? PAUSE : 0);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [words, open]);
  return found;
}

export function Pick({ id, label = "Choose pictures", limit = 1, action = "Use", onPick }) {
  const box = useRef(null);
  const [open, setOpen] = useState(false);
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState([]);
  const cards = useCards(words, open);
  useEffect(() => {
    const watch = new MutationObserver(() => setOpen(box.current.open));
    watch.observe(box.current, { attributeFilter: ["open"] });
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    if (!open) setChosen([]);
  }, [open]);
  const done = (ids) => {
    box.current.close();
    onPick?.(ids);
  };
  const flip = (card) => {
    if (limit === 1) return done([card.id]);
    return setChosen((all) => (all.includes(card.id) ? all.filter((other) => other !== card.id) : [...all, card.id].slice(0, Math.max(0, limit))));
  };
  return (
    <dialog id={id} ref={box} className="dialog picker" aria-label={label} closedby="any">
      <div className="row between">
        <h2 className="t20">{label}</h2>
        <button type="button" className="btn btn-q btn-icon" aria-label="Close" onClick={() => box.current.close()}><Icon name="close" size="" /></button>
      </div>
      <label className="withicon">
        <Icon name="search" />
        <input className="input" type="search" placeholder="Search your pictures" aria-label="Search your pictures" value={words} onInput={(event) => setWords(event.target.value)} />
      </label>
      <div className="picks" role="group" aria-label="Pictures">
        {(cards ?? []).map((card) => (
          <button key={card.id} type="button" className="pickone" aria-label={card.t || "Untitled picture"} aria-pressed={limit === 1 ? undefined : chosen.includes(card.id)} disabled={limit < 1} onClick={() => flip(card)}>
            <img src={`/media/${card.id}/320`} alt="" loading="lazy" style={{ background: card.c }} />
            {chosen.includes(card.id) && <span className="n">{chosen.indexOf(card.id) + 1}</span>}
          </button>
        ))}
      </div>
      {cards && !cards.length && <p className="ink3" role="status">{words ? "No picture has these words." : "Your pictures will be here once you have made some."}</p>}
      {limit > 1 && (
        <div className="acts">
          <span className="ink3 t13 grow">{`Room for ${limit}.`}</span>
          <button type="button" className="btn btn-2" disabled={!chosen.length} onClick={() => done(chosen)}>{chosen.length > 1 ? `${action} ${chosen.length} pictures` : action}</button>
        </div>
      )}
      {limit < 1 && <p className="hint">No room for another reference. Remove one first.</p>}
    </dialog>
  );
}
