// What a screen does without asking the server: its title, its keys, what it says aloud, and what small boxes remember.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";

const FIELD = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]";
const TROUBLE = ["failed", "blocked", "unknown", "partial"];
const SPEAK_EVERY = 3000;
const inBrowser = typeof window !== "undefined";
const listeners = new Set();
const lettersOn = () => inBrowser && localStorage.getItem("letters") !== "off";

const visible = (element) => element.checkVisibility();
const topmost = () => [...document.querySelectorAll("dialog:modal")].at(-1) ?? document;
// A key's element: what has the key in data-letter, is on the screen, and belongs to the layer on top.
const holder = (key) => [...topmost().querySelectorAll("[data-letter]")].find((element) => element.dataset.letter.split(" ").includes(key) && visible(element));

function act(element) {
  const field = element.matches(FIELD) ? element : element.querySelector(FIELD);
  if (field) field.focus();
  else element.click();
}

function useKeys() {
  const prefix = useRef(0);
  useEffect(() => {
    const key = (event) => {
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest?.(FIELD);
      if (!plain || !/^[a-z0-9/?[\]]$/i.test(event.key)) return;
      if (!lettersOn()) return event.stopPropagation(); // nothing below may act on it either
      const after = Date.now() - prefix.current < 1200 ? "g" : "";
      prefix.current = event.key === "g" && !after ? Date.now() : 0;
      const found = holder(after + event.key);
      if (!found || found.disabled) return undefined;
      event.preventDefault();
      event.stopPropagation();
      return act(found);
    };
    const click = (event) => {
      const opener = event.target.closest?.("[data-opens]");
      if (opener) document.getElementById(opener.dataset.opens)?.showModal();
      if (event.target.closest?.("[data-shuts]")) event.target.closest("dialog")?.close();
    };
    window.addEventListener("keydown", key, true);
    window.addEventListener("click", click);
    return () => {
      window.removeEventListener("keydown", key, true);
      window.removeEventListener("click", click);
    };
  }, []);
}

function useSpeech(jobs, total) {
  const before = useRef(null);
  const clock = useRef({ at: 0, timer: 0 });
  const [said, setSaid] = useState({ polite: "", urgent: "" });
  useEffect(() => {
    const was = before.current;
    before.current = { jobs: new Map(jobs.map((job) => [job.id, job])), total };
    if (!was) return;
    const news = jobs.find((job) => job.delivered > (was.jobs.get(job.id)?.delivered ?? job.delivered));
    const gone = total > was.total ? [...was.jobs.values()].find((job) => !before.current.jobs.has(job.id)) : null;
    const ready = news ? `Picture ${news.delivered} of ${news.asked} ready` : gone && (gone.asked > 1 ? `Picture ${gone.asked} of ${gone.asked} ready` : "Picture ready");
    const trouble = jobs.find((job) => TROUBLE.includes(job.status) && was.jobs.has(job.id) && was.jobs.get(job.id).status !== job.status);
    if (trouble) setSaid((last) => ({ ...last, urgent: `${trouble.state} ${trouble.line}` }));
    if (!ready) return;
    clearTimeout(clock.current.timer);
    clock.current.timer = setTimeout(() => {
      clock.current.at = Date.now();
      setSaid((last) => ({ ...last, polite: last.polite === ready ? ready + "\u00a0" : ready }));
    }, Math.max(0, clock.current.at + SPEAK_EVERY - Date.now()));
  }, [jobs, total]);
  return said;
}

export function Screen({ name, open = 0, jobs = [], total = 0 }) {
  const said = useSpeech(jobs, total);
  useKeys();
  useEffect(() => {
    document.title = `${open ? `(${open}) ` : ""}${name} · GPT Image UI`;
  }, [name, open]);
  return (
    <>
      <div className="sr" aria-live="polite">{said.polite}</div>
      <div className="sr" role="alert">{said.urgent}</div>
    </>
  );
}

// Single letters can be switched off (they may collide with speech input); the browser remembers it.
export function Letters({ className }) {
  const on = useSyncExternalStore((heard) => (listeners.add(heard), () => listeners.delete(heard)), lettersOn, () => true);
  const flip = () => {
    localStorage.setItem("letters", on ? "off" : "on");
    listeners.forEach((heard) => heard());
  };
  return <button type="button" className={className} onClick={flip}>{on ? "Turn off single letters" : "Turn on single letters"}</button>;
}

// A button that copies and says so in place.
export function Copy({ text, label = "Copy", className, children }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 2000);
  };
  return <button type="button" className={className} onClick={copy}>{children}<span aria-live="polite">{done ? "Copied" : label}</span></button>;
}
