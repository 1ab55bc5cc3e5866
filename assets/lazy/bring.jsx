// Pictures from elsewhere: an address that is fetched by the server, one pasted into the prompt, a file for a tool.
import { useEffect, useRef, useState } from "react";
import { Icon } from "../wall.jsx";

const CUT = "That could not be fetched: the line broke. Nothing was kept and nothing was charged. Try again.";
const ADDRESS = /^https?:\/\/\S{3,1990}$/i;

async function ask(url, options) {
  try {
    const answer = await fetch(url, options);
    const body = await answer.json();
    return answer.ok && body.id ? { upload: body } : { reason: body.message ?? body.error ?? CUT };
  } catch {
    return { reason: CUT };
  }
}
const fetchPicture = (url) => ask("/api/uploads/fetch", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ url }) });

// A field for an address. With `onAdded` the picture becomes an upload; with `onAddress` the address itself is passed on.
export function Address({ label = "Address of a picture", action = "Fetch", popover = "", onAdded, onAddress }) {
  const field = useRef(null);
  const [busy, setBusy] = useState(false);
  const [reason, setReason] = useState("");
  const go = async () => {
    const url = field.current.value.trim();
    if (!ADDRESS.test(url)) return setReason("Write a whole address, from https:// on.");
    setReason("");
    if (!onAdded) {
      onAddress?.(url);
    } else {
      setBusy(true);
      const { upload, reason: why } = await fetchPicture(url);
      setBusy(false);
      if (why) return setReason(why);
      onAdded(upload);
    }
    field.current.value = "";
    return document.getElementById(popover)?.hidePopover();
  };
  const keys = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    go();
  };
  return (
    <div className="field">
      <label className="label" htmlFor={`${popover}-address`}>{label}</label>
      <div className="row">
        <input id={`${popover}-address`} ref={field} className="input" type="url" inputMode="url" placeholder="https://" maxLength={2000} aria-invalid={Boolean(reason)} onKeyDown={keys} />
        <button type="button" className="btn btn-2" disabled={busy} onClick={go}>{busy ? "Fetching" : action}</button>
      </div>
      {reason && <p className="hint bad" role="alert">{reason}</p>}
    </div>
  );
}

// A file for a prompt tool: it is kept for as long as the tool may need it and never becomes a reference.
export function ToolFile({ label = "From a file", popover = "", onAdded }) {
  const input = useRef(null);
  const [said, setSaid] = useState("");
  const chosen = async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    setSaid("Uploading");
    const headers = { "content-type": file.type || "application/octet-stream", "x-file-name": encodeURIComponent(file.name) };
    const { upload, reason } = await ask("/api/uploads?for=tool", { method: "PUT", headers, body: file });
    setSaid(reason ?? "");
    if (!upload) return;
    document.getElementById(popover)?.hidePopover();
    onAdded?.(upload.id);
  };
  return (
    <div className="field">
      <button type="button" className="btn btn-2" onClick={() => input.current.click()}><Icon name="attach" size="" />{label}</button>
      <input ref={input} type="file" accept="image/png,image/jpeg,image/webp" hidden aria-label={label} onChange={chosen} />
      {said && <p className="hint" role="status">{said}</p>}
    </div>
  );
}

// An address pasted into the prompt may be a picture that is meant as a reference: it is asked once, and stays words.
export function Pasted({ target = "prompt", onAdded }) {
  const [url, setUrl] = useState("");
  const [said, setSaid] = useState("");
  useEffect(() => {
    const field = document.getElementById(target);
    const paste = (event) => {
      const text = event.clipboardData?.getData("text/plain").trim() ?? "";
      setSaid("");
      setUrl(ADDRESS.test(text) ? text : "");
    };
    field?.addEventListener("paste", paste);
    return () => field?.removeEventListener("paste", paste);
  }, [target]);
  if (!url) return null;
  const take = async () => {
    setSaid("Fetching");
    const { upload, reason } = await fetchPicture(url);
    if (reason) return setSaid(`${reason} Your words are as they were.`);
    const field = document.getElementById(target);
    const at = field.value.lastIndexOf(url);
    if (at >= 0) {
      field.focus();
      field.setSelectionRange(at, at + url.length);
      document.execCommand("delete");
    }
    setUrl("");
    return onAdded?.(upload);
  };
  return (
    <div className="row wrap pasted" role="group" aria-label="Pasted address">
      <Icon name="link" />
      <span className="trunc">{said || "Fetch this picture?"} <span className="ink3">{new URL(url).hostname}</span></span>
      <button type="button" className="btn btn-2 btn-s" disabled={said === "Fetching"} onClick={take}>Fetch as reference</button>
      <button type="button" className="btn btn-q btn-s" onClick={() => setUrl("")}>Leave as words</button>
    </div>
  );
}
