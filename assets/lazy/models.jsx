// The table of models: found, filtered and sorted here, chosen on the server. Its rows come when it opens.
import { useState } from "react";
import { Icon } from "../wall.jsx";

const FIND_FROM = 7;
const ORDERS = {
  listed: ["As listed", () => 0],
  price: ["By price", (a, b) => a.price - b.price],
  speed: ["By speed", (a, b) => (a.seconds < 0 ? Infinity : a.seconds) - (b.seconds < 0 ? Infinity : b.seconds) || 0],
};
const clock = (taken) => {
  const seconds = Math.max(1, Math.round(taken));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

const Unknown = () => <span className="ink3" title="Nobody used it today">–<span className="sr">nobody used it today</span></span>;

function Filter({ on, flip, children }) {
  return (
    <button type="button" className="chip" aria-pressed={on} onClick={flip}>
      {children}
    </button>
  );
}

function Row({ row, chosen, onChoose }) {
  const why = `model-${row.id}`;
  return (
    <tr data-chosen={chosen || undefined} data-off={row.unavailable ? "" : undefined}>
      <td>
        <button type="button" className="medium" aria-pressed={chosen} aria-describedby={why} disabled={Boolean(row.unavailable)} onClick={() => onChoose(row.id)}>
          {row.label}
        </button>
        <span className={"t13 " + (row.unavailable ? "warn" : "ink3")} id={why}>{row.unavailable || row.good_for}</span>
      </td>
      <td className="r usual">{row.seconds < 0 ? <Unknown /> : clock(row.seconds)}</td>
      <td className="r">
        <span className="medium">{row.price ? row.price.toLocaleString() : "Free"}</span>
        <small className="ink3">{row.priced}</small>
      </td>
      <td className="ink2">{row.limits}</td>
      <td className="ink2">
        {row.goes_to} {row.forwards && <span className="badge warn">Passes on</span>}
      </td>
      <td className="r today">{row.percent < 0 ? <Unknown /> : `${row.percent} %`}</td>
    </tr>
  );
}

export function Models({ rows = [], chosen = "", popover = "", onChoose }) {
  const [words, setWords] = useState("");
  const [only, setOnly] = useState("");
  const [order, setOrder] = useState("listed");
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (row) => (only !== "edits" || row.edits) && (only !== "video" || row.video) && wanted.every((word) => `${row.label} ${row.good_for} ${row.goes_to}`.toLowerCase().includes(word));
  const shown = rows.filter(fits).sort(ORDERS[order][1]);
  const choose = (id) => {
    document.getElementById(popover)?.hidePopover();
    onChoose?.(id);
  };
  const flip = (name) => () => setOnly(only === name ? "" : name);
  // Return in a field of the composer's form would press Create.
  const keepForm = (event) => event.key === "Enter" && event.preventDefault();
  if (!rows.length) return <div className="models ink3">Asking how the models do today.</div>;
  return (
    <div className="models">
      {rows.length > 1 && (
        <div className="row wrap">
          {rows.length >= FIND_FROM && (
            <label className="withicon find">
              <Icon name="search" />
              <input className="input" placeholder="Find a model" aria-label="Find a model" value={words} onInput={(event) => setWords(event.target.value)} onKeyDown={keepForm} />
            </label>
          )}
          <Filter on={only === "edits"} flip={flip("edits")}>Can edit</Filter>
          {rows.some((row) => row.video) && <Filter on={only === "video"} flip={flip("video")}>Video</Filter>}
          <select className="input select order" aria-label="Order" value={order} onChange={(event) => setOrder(event.target.value)}>
            {Object.entries(ORDERS).map(([value, [label]]) => <option key={value} value={value}>{label}</option>)}
          </select>
        </div>
      )}
      <div className="tablewrap"><table className="table pad hoverable num compared">
        <thead>
          <tr><th>Model</th><th className="r">Usual time</th><th className="r">Price</th><th>Limits</th><th>Goes to</th><th className="r" title="Answered, of what was asked today">Today</th></tr>
        </thead>
        <tbody>{shown.map((row) => <Row key={row.id} row={row} chosen={row.id === chosen} onChoose={choose} />)}</tbody>
      </table></div>
      {!shown.length && <p className="ink3" role="status">No model fits this filter.</p>}
    </div>
  );
}
