// The prompt's field. What is typed stays in the browser: kept across reloads, sent only with its form.
import { useEffect, useLayoutEffect, useRef, useState } from "react";

const SAVE_EVERY = 500;
const FIELD = "input, textarea, select, [contenteditable]";

// Typing it in, rather than setting it, leaves "undo" to the person.
export function write(field, text) {
  field.focus();
  field.select();
  const typed = document.execCommand(text ? "insertText" : "delete", false, text);
  if (typed && field.value === text) return;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function grow(field) {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = field.scrollHeight + "px"; // the style sheet stops it at ten lines
}

export function Prompt({
  storageKey = "draft", fill, limit = 0, shortcuts = true, helpId = "", searchId = "", label = "Prompt",
  className = "", ...rest
}) {
  const field = useRef(null);
  const timer = useRef(0);
  const [length, setLength] = useState(0);
  const filledKey = storageKey + ":filled";

  const save = () => {
    clearTimeout(timer.current);
    timer.current = 0;
    if (field.current?.value) localStorage.setItem(storageKey, field.current.value);
    else if (field.current) localStorage.removeItem(storageKey);
  };
  const changed = () => {
    const { value } = field.current;
    const excess = limit ? value.length - limit : 0;
    setLength(value.length);
    field.current.setCustomValidity(excess > 0 ? `The prompt is ${excess.toLocaleString()} characters too long.` : "");
    grow(field.current);
    timer.current ||= setTimeout(save, SAVE_EVERY);
  };
  useLayoutEffect(() => {
    field.current.value ||= localStorage.getItem(storageKey) ?? "";
    changed();
    window.addEventListener("pagehide", save);
    return () => {
      window.removeEventListener("pagehide", save);
      save();
    };
  }, [storageKey, limit]);
  useEffect(() => {
    const stamp = String(fill?.stamp ?? 0);
    if (stamp === "0" || sessionStorage.getItem(filledKey) === stamp) return; // a reload does not fill again
    sessionStorage.setItem(filledKey, stamp);
    write(field.current, fill.text);
  }, [fill?.stamp]);

  useEffect(() => {
    const toField = () => field.current.focus();
    const acts = {
      n: toField,
      c: toField,
      "?": () => document.getElementById(helpId)?.showModal(),
      "/": () => document.getElementById(searchId)?.focus(),
    };
    const key = (event) => {
      const busy = event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(FIELD) || document.querySelector("dialog:modal");
      if (!shortcuts || busy || event.defaultPrevented || !acts[event.key]) return;
      event.preventDefault();
      acts[event.key]();
    };
    window.addEventListener("keydown", key);
    return () => window.removeEventListener("keydown", key);
  }, [shortcuts, helpId, searchId]);

  const submit = (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    save();
    event.currentTarget.form?.requestSubmit();
  };
  const near = limit > 0 && length >= limit * 0.8;
  const counter = `${length.toLocaleString()} of ${limit.toLocaleString()} characters`;
  return (
    <>
      <textarea
        {...rest}
        ref={field}
        className={"prompt " + className}
        name="prompt"
        aria-label={label}
        rows={1}
        onInput={changed}
        onKeyDown={submit}
        aria-invalid={limit > 0 && length > limit}
      />
      {near && <span className={"counter num " + (length > limit ? "danger" : "")} role="status">{counter}</span>}
    </>
  );
}
