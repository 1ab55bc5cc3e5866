// The dialog of prompts that were sent and of templates. What it lists comes from the server when it opens.
import { useEffect, useRef, useState } from "react";
import { Icon } from "../wall.jsx";

const PAUSE = 150;

function Line({ title, text, children }) {
  return (
    <li className="promptline">
      <div className="col">
        <span className="clamp2">{title}</span>
        <span className="t13 ink3 clamp2">{text}</span>
      </div>
      <div className="row g1">{children}</div>
    </li>
  );
}

const when = (ms) => new Date(ms).toLocaleDateString(undefined, { day: "numeric", month: "short" });

function Sent({ entries, close, onUse, onPin, onDelete }) {
  if (!entries.length) return <p className="ink3" role="status">No prompt here. What you create is listed, newest first.</p>;
  return (
    <ul className="promptlist">
      {entries.map((entry) => (
        <Line key={entry.id} title={entry.prompt} text={`${entry.line}, ${when(entry.used_ms)}${entry.times > 1 ? `, ${entry.times} times` : ""}`}>
          <button type="button" className="btn btn-2 btn-s" onClick={() => close(onUse, entry.id)}>Use again</button>
          <button type="button" className="btn btn-q btn-s btn-icon" aria-label="Pin" aria-pressed={entry.pinned} onClick={() => onPin?.(entry.id, !entry.pinned)}><Icon name="pin" size="" /></button>
          <button type="button" className="btn btn-q btn-s btn-icon" aria-label="Delete" onClick={() => onDelete?.(entry.id)}><Icon name="trash" size="" /></button>
        </Line>
      ))}
    </ul>
  );
}

function Templates({ templates, target, close, onTemplate, onSave, onRemove }) {
  const name = useRef(null);
  const save = (event) => {
    event.preventDefault();
    onSave?.(name.current.value, document.getElementById(target)?.value ?? "");
    name.current.value = "";
  };
  return (
    <>
      <ul className="promptlist">
        {templates.map((template) => (
          <Line key={template.id} title={template.name} text={template.text}>
            <button type="button" className="btn btn-2 btn-s" onClick={() => close(onTemplate, template.id)}>Use</button>
            {template.own && <button type="button" className="btn btn-q btn-s btn-icon" aria-label={`Delete ${template.name}`} onClick={() => onRemove?.(template.id)}><Icon name="trash" size="" /></button>}
          </Line>
        ))}
      </ul>
      <form className="row" onSubmit={save}>
        <input className="input" ref={name} required maxLength={60} aria-label="Name of the new template" placeholder="Keep the present prompt as" />
        <button type="submit" className="btn btn-2">Save</button>
      </form>
      <p className="hint">Words in {"{braces}"} are asked for when the template is used. Type / in the prompt to open this list there.</p>
    </>
  );
}

export function Prompts({ id = "prompts", entries = [], templates = [], problem = "", target = "prompt", onOpen, onSearch, ...acts }) {
  const box = useRef(null);
  const timer = useRef(0);
  const [tab, setTab] = useState("sent");
  useEffect(() => {
    const watch = new MutationObserver(() => box.current.open && onOpen?.());
    watch.observe(box.current, { attributeFilter: ["open"] });
    return () => watch.disconnect();
  });
  const close = (act, value) => {
    box.current.close();
    act?.(value);
  };
  const search = (event) => {
    const words = event.target.value;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch?.(words), PAUSE);
  };
  const tabs = { sent: "Sent", templates: "Templates" };
  return (
    <dialog id={id} ref={box} className="dialog picker" aria-label="Prompts" closedby="any">
      <div className="row between">
        <h2 className="t20">Prompts</h2>
        <button type="button" className="btn btn-q btn-icon" aria-label="Close" onClick={() => box.current.close()}><Icon name="close" size="" /></button>
      </div>
      <div className="seg full" role="group" aria-label="List">
        {Object.entries(tabs).map(([name, label]) => <button key={name} type="button" aria-pressed={tab === name} onClick={() => setTab(name)}>{label}</button>)}
      </div>
      <label className="withicon">
        <Icon name="search" />
        <input className="input" type="search" placeholder="Search" aria-label="Search prompts and templates" onInput={search} />
      </label>
      {problem && <p className="note danger" role="alert">{problem}</p>}
      {tab === "sent" ? <Sent entries={entries} close={close} {...acts} /> : <Templates templates={templates} target={target} close={close} {...acts} />}
    </dialog>
  );
}
