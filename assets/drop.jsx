// Paste, drop anywhere or choose. Every file goes by HTTP PUT, one after another; the server's state learns ids only.
// Any button with the attribute data-pick-files opens the file dialogue.
import { useEffect, useRef, useState } from "react";
import { Icon } from "./wall.jsx";

// fetch cannot report upload progress.
function put(url, file, entry, report) {
  return new Promise((answer) => {
    const request = new XMLHttpRequest();
    entry.abort = () => request.abort();
    request.open("PUT", url);
    request.setRequestHeader("content-type", file.type || "application/octet-stream");
    request.setRequestHeader("x-file-name", encodeURIComponent(file.name));
    request.upload.onprogress = (event) => report(`${Math.round((100 * event.loaded) / event.total)} %`, event.loaded / event.total);
    request.upload.onload = () => report("Checking", 1);
    request.onloadend = () => {
      let body = {};
      try {
        body = JSON.parse(request.responseText);
      } catch {
        body = {};
      }
      const kept = request.status >= 200 && request.status < 300 && body.id;
      answer(kept ? { upload: body } : { reason: body.message ?? body.error ?? "The upload was cut off. Nothing was kept. Try again." });
    };
    request.send(file);
  });
}

export function Drop({
  url = "/api/uploads", accept = "image/png,image/jpeg,image/webp", maxBytes = 25_000_000, limit = 16,
  hint = "Drop pictures to use them as references", label = "Add references", tile = true, className = "",
  children, onAdded, ...rest
}) {
  const [entries, setEntries] = useState([]);
  const [over, setOver] = useState(false);
  const input = useRef(null);
  const line = useRef(Promise.resolve()); // the order of arrival is the order of the references
  const serial = useRef(0);

  const remove = (entry) => {
    entry.gone = true;
    entry.abort?.();
    URL.revokeObjectURL(entry.preview);
    setEntries((all) => all.filter((other) => other.key !== entry.key));
  };
  const update = (entry, news) => setEntries((all) => all.map((other) => (other.key === entry.key ? { ...other, ...news } : other)));
  const refusal = (file, room) => {
    if (!accept.split(",").includes(file.type)) return "This is not a PNG, JPEG or WebP picture. Nothing was uploaded.";
    if (file.size > maxBytes) return `Larger than ${Math.floor(maxBytes / 1e6)} MB. Nothing was uploaded.`;
    return room > 0 ? "" : "No room for another reference. Remove one first.";
  };
  const send = async (entry, file) => {
    if (entry.gone) return;
    const report = (word, share) => update(entry, { word, share });
    report("0 %", 0);
    const { upload, reason } = await put(url, file, entry, report);
    if (entry.gone) return;
    if (reason) return update(entry, { reason });
    remove(entry);
    onAdded?.(upload);
  };
  const add = (files) => {
    let room = limit - entries.filter((entry) => !entry.reason).length;
    for (const file of files) {
      const entry = { key: ++serial.current, name: file.name || "Pasted picture", word: "Waiting", share: 0 };
      entry.reason = refusal(file, room);
      entry.preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : "";
      setEntries((all) => [...all, entry]);
      if (entry.reason) continue;
      room--;
      line.current = line.current.then(() => send(entry, file));
    }
  };
  const latest = useRef(add);
  latest.current = add;

  useEffect(() => {
    let depth = 0;
    const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    const enter = (event, by) => {
      if (!carries(event)) return;
      event.preventDefault();
      depth = Math.max(0, depth + by);
      setOver(depth > 0);
    };
    const listeners = {
      paste(event) {
        const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
        if (!files.length || event.clipboardData.getData("text/plain")) return; // text goes on to the field
        event.preventDefault();
        latest.current(files);
      },
      dragenter: (event) => enter(event, 1),
      dragover: (event) => enter(event, 0),
      dragleave: (event) => enter(event, -1),
      drop(event) {
        enter(event, -depth);
        if (carries(event)) latest.current([...event.dataTransfer.files]);
      },
      click: (event) => event.target.closest?.("[data-pick-files]") && input.current.click(),
    };
    for (const type in listeners) window.addEventListener(type, listeners[type]);
    return () => Object.keys(listeners).forEach((type) => window.removeEventListener(type, listeners[type]));
  }, []);

  const chosen = (event) => {
    add([...event.target.files]);
    event.target.value = "";
  };
  return (
    <div {...rest} className={"drop " + className}>
      {entries.map((entry) => (
        <div key={entry.key} className={"arriving " + (entry.reason ? "refused" : "")} role={entry.reason ? "alert" : "group"} aria-label={entry.name}>
          <span className={"att " + (entry.reason ? "no" : "up")}>
            {entry.preview ? <img src={entry.preview} alt="" decoding="async" onError={() => update(entry, { preview: "" })} /> : <Icon name="image" />}
            {!entry.reason && <span className="pc" style={{ "--v": `${entry.share * 100}%` }} />}
          </span>
          <span className="what">
            <span className="trunc">{entry.name}</span>
            <span className="num">{entry.reason || entry.word}</span>
          </span>
          <button type="button" className="btn btn-q btn-s btn-icon" aria-label={"Remove " + entry.name} onClick={() => remove(entry)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
      {tile && (
        <button type="button" className="att add" aria-label={label} title={label} disabled={limit < 1} onClick={() => input.current.click()}>
          {children ?? <Icon name="plus" size="" />}
        </button>
      )}
      <input ref={input} type="file" accept={accept} multiple hidden onChange={chosen} />
      {over && <div className="dropzone" aria-hidden="true">{hint}</div>}
    </div>
  );
}
