// What helps with the words: a suggestion to accept in whole or part, and templates that "/" opens in the field.
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { write } from "../prompt.jsx";

const HOLES = /\{([^{}\n]{1,40})\}/g;
const SLASH = /(?:^|\s)\/([^\s/]{0,40})$/;
const fieldOf = (id) => document.getElementById(id);

// As prompting/changes.py puts parts together.
const joined = (parts, accepted) =>
  parts.map((part, at) => (part.kind === "keep" || accepted.has(at) ? part.new : part.old)).join("").replace(/[ \t]{2,}/g, " ").trim();

function Change({ part, on, flip }) {
  const said = [part.old.trim() && `without “${part.old.trim()}”`, part.new.trim() && `with “${part.new.trim()}”`].filter(Boolean).join(", ");
  const keys = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    flip();
  };
  // A button would not break over lines, and a change may be long.
  return (
    <span role="button" tabIndex={0} className="change" aria-pressed={on} aria-label={said} onClick={flip} onKeyDown={keys}>
      {part.old && <del>{part.old.trimEnd()}</del>}
      {part.old && part.new && " "}
      {part.new && <ins>{part.new.trimEnd()}</ins>}
    </span>
  );
}

export function Suggestion({ value = {}, target = "prompt", onDone }) {
  const parts = value.parts ?? [];
  const changes = useMemo(() => parts.flatMap((part, at) => (part.kind === "keep" ? [] : [at])), [value.stamp]);
  const [accepted, setAccepted] = useState(new Set());
  useEffect(() => setAccepted(new Set(changes)), [value.stamp]);
  if (!value.stamp) return null;
  const old = joined(parts, new Set());
  const use = (which) => {
    write(fieldOf(target), joined(parts, which));
    onDone?.();
  };
  const flip = (at) => setAccepted((all) => new Set(all.has(at) ? [...all].filter((other) => other !== at) : [...all, at]));
  const replaces = fieldOf(target)?.value.trim() && fieldOf(target).value.trim() !== old;
  return (
    <section className="suggestion" aria-label="Suggestion">
      <div className="sr" role="status">A suggestion is ready.</div>
      {changes.length > 0 && (
        <p className="suggested">
          {parts.map((part, at) =>
            part.kind === "keep" ? <span key={at}>{part.new}</span> : <span key={at}><Change part={part} on={accepted.has(at)} flip={() => flip(at)} /> </span>,
          )}
        </p>
      )}
      <p className="hint">
        {value.remark} {value.cost} {replaces && changes.length > 0 && "Using it replaces what is in the field; undo brings that back."}
      </p>
      <div className="row wrap">
        {changes.length > 0 && <button type="button" className="btn btn-2 btn-s" onClick={() => use(new Set(changes))}>Use all</button>}
        {changes.length > 1 && <button type="button" className="btn btn-2 btn-s" disabled={!accepted.size || accepted.size === changes.length} onClick={() => use(accepted)}>Use selected</button>}
        <button type="button" className="btn btn-q btn-s" onClick={() => onDone?.()}>{changes.length ? "Discard" : "Close"}</button>
      </div>
    </section>
  );
}

// Puts text in place of a stretch of the field, as if it were typed: "undo" takes it back.
function insert(field, from, to, text) {
  field.focus();
  field.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) field.setRangeText(text, from, to, "end");
}

function Holes({ template, onFill, onLeave }) {
  const names = [...new Set([...template.text.matchAll(HOLES)].map((found) => found[1].trim()))];
  const [values, setValues] = useState({});
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const fill = () => onFill(template.text.replace(HOLES, (_, name) => values[name.trim()]?.trim() || name.trim()));
  const keys = (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    (event.key === "Enter" ? fill : onLeave)();
  };
  return (
    <div className="holes" role="group" aria-label={`Fill in: ${template.name}`} onKeyDown={keys}>
      {names.map((name, at) => (
        <label key={name} className="field">
          <span className="label">{name}</span>
          <input className="input" ref={at ? null : first} maxLength={200} onInput={(event) => setValues({ ...values, [name]: event.target.value })} />
        </label>
      ))}
      <div className="row">
        <button type="button" className="btn btn-2 btn-s" onClick={fill}>Insert</button>
        <button type="button" className="btn btn-q btn-s" onClick={onLeave}>Cancel</button>
      </div>
    </div>
  );
}

export function Slash({ templates = [], target = "prompt", use = {}, onOpen }) {
  const id = useId();
  const box = useRef(null);
  const [typed, setTyped] = useState(null); // the words after "/", or null
  const [at, setAt] = useState(0);
  const [holes, setHoles] = useState(null);
  const found = typed === null ? [] : templates.filter((template) => `${template.name} ${template.text}`.toLowerCase().includes(typed.toLowerCase()));
  const active = Math.min(at, Math.max(0, found.length - 1));

  const place = (template, from, to) => {
    setTyped(null);
    if (new RegExp(HOLES.source).test(template.text)) setHoles({ template, from, to });
    else insert(fieldOf(target), from, to, template.text);
  };
  const take = (template) => {
    const caret = fieldOf(target).selectionStart;
    place(template, caret - typed.length - 1, caret);
  };
  const latest = useRef({});
  latest.current = { found, active, typed, take };

  useEffect(() => {
    const field = fieldOf(target);
    if (!field) return undefined;
    const input = () => {
      const match = field.selectionStart === field.selectionEnd ? SLASH.exec(field.value.slice(0, field.selectionStart)) : null;
      if (match && latest.current.typed === null) onOpen?.();
      setTyped(match ? match[1] : null);
      setAt(0);
    };
    const keys = (event) => {
      const { found: all, active: now, typed: words, take: choose } = latest.current;
      if (words === null || event.isComposing) return;
      const steps = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key === "Escape") setTyped(null);
      else if (!all.length || (event.key === "Enter" && (event.ctrlKey || event.metaKey))) return;
      else if (steps[event.key]) setAt((now + steps[event.key] + all.length) % all.length);
      else if (event.key === "Enter") choose(all[now]);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    const leave = () => setTimeout(() => document.activeElement !== field && setTyped(null), 150);
    field.addEventListener("input", input);
    field.addEventListener("keydown", keys, true);
    field.addEventListener("blur", leave);
    return () => {
      field.removeEventListener("input", input);
      field.removeEventListener("keydown", keys, true);
      field.removeEventListener("blur", leave);
    };
  });
  useEffect(() => {
    const field = fieldOf(target);
    const open = found.length > 0;
    if (open) {
      if (!box.current.matches(":popover-open")) box.current.showPopover();
      field.setAttribute("aria-controls", id);
      field.setAttribute("aria-activedescendant", `${id}-${active}`);
      document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
    } else {
      if (box.current.matches(":popover-open")) box.current.hidePopover();
      field?.removeAttribute("aria-controls");
      field?.removeAttribute("aria-activedescendant");
    }
  }, [found.length, active]);
  useEffect(() => {
    // One that was chosen in the dialog goes where the caret is.
    if (!use.stamp || sessionStorage.getItem("template") === use.stamp) return;
    sessionStorage.setItem("template", use.stamp);
    const field = fieldOf(target);
    place(use, field.selectionStart, field.selectionEnd);
  }, [use.stamp]);

  return (
    <>
      <div id={id} ref={box} popover="manual" className="menu pop slash" role="listbox" aria-label="Templates">
        {found.map((template, number) => (
          <div key={template.id} id={`${id}-${number}`} className="option" role="option" aria-selected={number === active} onPointerDown={(event) => event.preventDefault()} onClick={() => take(template)}>
            <span className="medium">{template.name}</span>
            <span className="t13 ink3 trunc">{template.text}</span>
          </div>
        ))}
      </div>
      {holes && (
        <Holes
          key={holes.template.id}
          template={holes.template}
          onLeave={() => {
            setHoles(null);
            fieldOf(target).focus();
          }}
          onFill={(text) => {
            setHoles(null);
            insert(fieldOf(target), holes.from, holes.to, text);
          }}
        />
      )}
    </>
  );
}
